import type { PlantedBug } from '../planted-bug.ts';
import { connectorBugs } from './connectors.ts';
import { engineBugs } from './engine.ts';
import { intakeBugs } from './intake.ts';
import { laneRuleBugs } from './lane-rules.ts';
import { processBugs } from './processes.ts';

/** Every bug that can be planted, in the order in which data flows. */
export const plantedBugs: readonly PlantedBug[] = [
  ...intakeBugs,
  ...laneRuleBugs,
  ...processBugs,
  ...engineBugs,
  ...connectorBugs,
];
