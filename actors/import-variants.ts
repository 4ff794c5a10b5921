import type {DeviceDescription} from '../schemas/device.js';
import type {ExportedNetwork, ExportedStage} from '../schemas/exported-network.js';
import {InferenceError} from '../src/errors.js';
import type {Flow} from '../src/kernel/flows.js';
import {type Match, matchVariant} from '../src/plan/match-variant.js';
import type {Wish} from '../src/plan/wish.js';
import {askImporters, type Importer, type ImportProblems} from './can-import.js';
import type {KeptDeployment} from './kept-deployment.js';
import {type Loadable, type Prepared, placeWish} from './lay-out.js';

/** A wish, and what it comes to or why it cannot be had. */
export interface PreparedWish {
  readonly wish: Wish;
  readonly result: Prepared | InferenceError;
}

/**
 * Prepares an exported network for each wish: nothing is split again. Devices are asked whether they
 * can import their stages; where one cannot, the stage's network is compiled there, and if there is
 * none, the wish cannot be had: BLOB_INCOMPATIBLE.
 */
export function* prepareImports(
  exported: ExportedNetwork,
  wishes: readonly Wish[],
  kept: KeptDeployment,
): Flow<readonly PreparedWish[]> {
  const matched = wishes.map(wish => ({wish, match: tryMatch(exported, wish)}));
  const importers = matched.flatMap(({match}) =>
    match instanceof InferenceError ? [] : importersOf(match),
  );
  const problems = yield* askImporters(importers);
  return matched.map(({wish, match}) => {
    if (match instanceof InferenceError) return {wish, result: match};
    const loadable = loadableOf(match, problems);
    if (loadable instanceof InferenceError) return {wish, result: loadable};
    const options = {id: kept.id, variant: kept.nextVariant()};
    return {wish, result: placeWish(wish, loadable, options)};
  });
}

function tryMatch(exported: ExportedNetwork, wish: Wish): Match | InferenceError {
  try {
    return matchVariant(exported, wish);
  } catch (error) {
    return InferenceError.from(error);
  }
}

function importersOf({variant, devices}: Match): readonly Importer[] {
  return variant.stages.flatMap((stage, index) => importersOfStage(stage, devices[index] ?? []));
}

function importersOfStage(
  {compiled}: ExportedStage,
  devices: readonly DeviceDescription[],
): readonly Importer[] {
  return compiled === null ? [] : devices.map(device => ({device, compiled}));
}

function loadableOf(match: Match, problems: ImportProblems): Loadable | InferenceError {
  const sources: Loadable['sources'][number][] = [];
  for (const [index, stage] of match.variant.stages.entries()) {
    const importers = importersOfStage(stage, match.devices[index] ?? []);
    const [problem] = importers.flatMap(importer => problems.of(importer) ?? []);
    if (problem !== undefined && stage.network === null) return problem;
    const compiled = problem === undefined ? stage.compiled : null;
    sources.push({network: stage.network, compiled});
  }
  return {stageGraph: match.stageGraph, sources};
}
