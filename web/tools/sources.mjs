// One hash over everything that dist/ is made from. tools/web_dist_test.py at the top of the
// repository works it out the same way, without Node.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const parts = [
  'index.html',
  'package.json',
  'package-lock.json',
  'public',
  'src',
  'tools/sources.mjs',
  'vite.config.ts',
];

export function sourcesHash() {
  const files = parts.flatMap((part) => {
    try {
      return readdirSync(root + part, { recursive: true, withFileTypes: true })
        .filter((f) => f.isFile())
        .map((f) => `${f.parentPath.slice(root.length)}/${f.name}`);
    } catch {
      return [part];
    }
  });
  const hash = createHash('sha256');
  for (const file of files.sort())
    hash
      .update(`${file}\0`)
      .update(
        createHash('sha256')
          .update(readFileSync(root + file))
          .digest('hex'),
      )
      .update('\n');
  return hash.digest('hex');
}
