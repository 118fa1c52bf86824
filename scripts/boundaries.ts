/** `npm run boundaries`: no file imports what layers.ts does not allow, and no files need each other in a circle. */
import { checkBoundaries, type Violation } from './boundary-check.ts';

function described({ rule, from, to, via, why }: Violation): string {
  const path = via.length > 0 ? via.join(' -> ') : to;
  return `${rule}\n  ${from} -> ${path}\n  ${why}`;
}

const { files, violations } = await checkBoundaries(process.cwd());
if (violations.length > 0) {
  console.error(`${violations.map(described).join('\n')}\n\n${violations.length} imports cross a boundary`);
  process.exit(1);
}
console.log(`boundaries: ${files} files, no import crosses one`);
