export function PositionsPage() { return <div className="page"><h1>positions</h1></div>; }
