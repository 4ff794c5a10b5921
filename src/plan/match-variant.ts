import type {DeviceDescription} from '../../schemas/device.js';
import type {ExportedNetwork, ExportedVariant} from '../../schemas/exported-network.js';
import type {StageGraph} from '../../schemas/stage-graph.js';
import {InferenceError} from '../errors.js';
import type {Chosen, Wish} from './wish.js';

/** A variant of an exported network that serves a wish, its stages labelled as the wish has it. */
export interface Match {
  readonly variant: ExportedVariant;
  readonly stageGraph: StageGraph;
  /** For each stage, the devices that it goes to. */
  readonly devices: readonly (readonly DeviceDescription[])[];
}

/**
 * The variant that serves a wish best: one that every device of the right kind can import, first
 * that of the same name; else one whose networks can be compiled on other kinds of devices. Throws
 * BLOB_INCOMPATIBLE if there is none.
 */
export function matchVariant({name, variants}: ExportedNetwork, wish: Wish): Match {
  const usable = variants.filter(({batch}) => batch === wish.batch);
  const sameName = usable.filter(({device}) => device === wish.label);
  const inOrder = [...sameName, ...usable];
  for (const place of [samePlace, anyPlace]) {
    for (const variant of inOrder) {
      const match = matchOne(variant, wish, place);
      if (match !== undefined) return match;
    }
  }
  const kinds = variants.map(({device, stages}) => {
    const on = [...new Set(stages.map(({kind}) => kind))].join(', ');
    return `${device} (${on || 'no device'})`;
  });
  const text = `${name} was exported for ${kinds.join('; ')}: none of it can run on ${wish.label}`;
  throw new InferenceError('BLOB_INCOMPATIBLE', text);
}

type Place = (
  stage: Placeable,
  chosen: readonly Chosen[],
  taken: ReadonlySet<Chosen>,
) => Chosen | undefined;

interface Placeable {
  readonly label: string;
  readonly kind: string;
  readonly compilable: boolean;
}

/** A device of the kind that compiled the stage: of its name, else one that nobody has, else any. */
const samePlace: Place = ({label, kind}, chosen, taken) => {
  const alike = chosen.filter(({devices}) => devices.every(device => device.kind === kind));
  const named = alike.find(each => each.label === label);
  return named ?? alike.find(each => !taken.has(each)) ?? alike[0];
};

/** The same, else whatever the wish falls back to, if there is something to compile. */
const anyPlace: Place = (stage, chosen, taken) =>
  samePlace(stage, chosen, taken) ?? (stage.compilable ? chosen.at(-1) : undefined);

function matchOne(variant: ExportedVariant, wish: Wish, place: Place): Match | undefined {
  const {stageGraph, stages} = variant;
  const byLabel = new Map<string, Chosen>();
  for (const stage of stageGraph.stages) {
    const {kind = '', network = null} = stages[stage.index] ?? {};
    const key = labelKey(stage.device, kind);
    if (byLabel.has(key)) continue;
    const placeable = {label: stage.device, kind, compilable: network !== null};
    const chosen = place(placeable, wish.chosen, new Set(byLabel.values()));
    if (chosen === undefined) return undefined;
    byLabel.set(key, chosen);
  }
  const chosen = stageGraph.stages.map(({device, index}) => {
    return byLabel.get(labelKey(device, stages[index]?.kind ?? ''));
  });
  return {
    variant,
    stageGraph: {
      ...stageGraph,
      stages: stageGraph.stages.map((stage, at) => ({
        ...stage,
        device: chosen[at]?.label ?? stage.device,
      })),
    },
    devices: chosen.map(each => each?.devices ?? []),
  };
}

/** Stages of one label were on one device, unless they were compiled by different kinds. */
function labelKey(label: string, kind: string): string {
  return JSON.stringify([label, kind]);
}
