export function ProposalsPage() { return <div/>; } export function ProposalPage({id}: {id: string}) { return <div>{id}</div>; }
