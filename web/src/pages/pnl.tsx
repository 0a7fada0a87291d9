export function PnlPage() { return <div className="page"><h1>pnl</h1></div>; }
