// What axe finds on a page.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Finding {
  id: string;
  impact: string | null;
  nodes: { html: string; failureSummary?: string }[];
}
export const all = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
// WCAG's AA for every look, as in `all`; high contrast promises AAA.
export const colours = ['color-contrast', 'link-in-text-block'];
export const coloursMore = [...colours, 'color-contrast-enhanced'];
export async function findings(page: Page, rules: string[]): Promise<string[]> {
  // By the debugger's hand: the page's own CSP lets no foreign script in.
  await page.evaluate(axe);
  const found = await page.evaluate(async (runOnly) => {
    const run = (
      globalThis as unknown as {
        axe: { run: (context: Document, options: unknown) => Promise<{ violations: Finding[] }> };
      }
    ).axe;
    return (
      await run.run(document, {
        runOnly,
        resultTypes: ['violations'],
      })
    ).violations;
  }, rules);
  return found
    .filter((f) => f.impact === 'serious' || f.impact === 'critical')
    .flatMap((f) =>
      f.nodes.slice(0, 3).map((n) => `${f.id}: ${n.html.slice(0, 160)} ${n.failureSummary ?? ''}`),
    );
}
