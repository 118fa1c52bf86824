import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Findings } from '../checker/findings.ts';
import { reportPage } from './page.ts';

/** Writes `report.json` and `report.html` into a run directory. */
export async function writeReport(directory: string, findings: Findings): Promise<void> {
  await Promise.all([
    writeFile(join(directory, 'report.json'), `${JSON.stringify(findings, null, 1)}\n`),
    writeFile(join(directory, 'report.html'), reportPage(findings)),
  ]);
}
