/** One of several threads that share a run's seeds among them: takes every n-th, and tells what came of each. */
import { parentPort, workerData } from 'node:worker_threads';
import type { SeedShare } from './run-seeds.ts';
import { summaryOf } from './run-seeds.ts';

const { first, last, every, plan } = workerData as SeedShare;
for (let seed = first; seed <= last; seed += every) parentPort?.postMessage(summaryOf({ ...plan, seed }));
