export function SystemPage() { return <div className="page"><h1>system</h1></div>; }
