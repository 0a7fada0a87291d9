export function LimitsPage() { return <div className="page"><h1>limits</h1></div>; }
