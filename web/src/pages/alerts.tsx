export function AlertsPage() { return <div className="page"><h1>alerts</h1></div>; }
