import type {ClusterClient} from '../../client/cluster-client.js';
import {type CaseFault, faultOf} from './case-fault.js';
import {type CaseResult, noCuts} from './case-result.js';
import type {CaseFolder} from './find-cases.js';
import {type NetworkCut, networkCuts} from './network-cuts.js';
import {type OpenCase, openCase, operationOf} from './open-case.js';
import {type Outputs, Reference} from './reference.js';
import {secondOpinion} from './second-opinion.js';

export interface CaseRunnerSettings {
  readonly device: string;
  /** Takes the other side of every cut; null: nothing is cut. */
  readonly cutWith: string | null;
  readonly inferTimeoutMs: number;
}

type Result = Omit<CaseResult, 'name' | 'operation'>;
type CutFault = CaseFault | 'joined' | undefined;

/** Runs cases of ONNX's backend tests on a device: undivided, then cut at every edge. */
export class CaseRunner {
  readonly #core: ClusterClient;
  readonly #settings: CaseRunnerSettings;
  readonly #onStep: (step: string) => void;

  /** `onStep` is told what begins, so that it is known where a case ended its process. */
  constructor(core: ClusterClient, settings: CaseRunnerSettings, onStep: (step: string) => void) {
    this.#core = core;
    this.#settings = settings;
    this.#onStep = onStep;
  }

  /** Never rejects: whatever goes wrong is an outcome. */
  async run(folder: CaseFolder): Promise<CaseResult> {
    const {name} = folder;
    const operation = await operationOf(folder);
    try {
      return {name, operation, ...(await this.#run(await openCase(folder)))};
    } catch (error) {
      return {name, operation, ...faultOf(error), cuts: noCuts};
    }
  }

  async #run(opened: OpenCase): Promise<Result> {
    const {outputNames} = opened;
    this.#onStep('undivided');
    const given = await this.#tryInfer(opened, this.#settings.device);
    const expected = Reference.expected(opened.expected);
    if (!('outcome' in given) && expected.difference(given, outputNames) === undefined) {
      return this.#runCuts(opened, expected);
    }
    this.#onStep('onnxruntime itself');
    const opinion = await secondOpinion(opened);
    if ('outcome' in given) return {...withOpinion(given, opinion), cuts: noCuts};
    const reference = opinion.kind === 'differs' ? opinion.reference : expected;
    const difference = reference.difference(given, outputNames);
    if (difference === undefined) return this.#runCuts(opened, reference);
    return {outcome: 'failed', message: difference, cuts: noCuts};
  }

  async #runCuts(opened: OpenCase, reference: Reference): Promise<Result> {
    const counts = {...noCuts};
    const faults: CaseFault[] = [];
    if (this.#settings.cutWith !== null) {
      for (const cut of networkCuts(opened.network.parsed.graph)) {
        this.#onStep(`cut ${cut.label}`);
        const fault = await this.#runCut(opened, cut, reference);
        if (fault === undefined) counts.passed++;
        else if (fault === 'joined') counts.joined++;
        else if (fault.outcome === 'unsupported') counts.unsupported++;
        else {
          counts.failed++;
          faults.push({...fault, message: `cut ${cut.label}: ${fault.message}`});
        }
      }
    }
    const worst = faults.find(({outcome}) => outcome !== 'failed') ?? faults[0];
    if (worst === undefined) return {outcome: 'passed', message: reference.note, cuts: counts};
    const more = faults.length === 1 ? '' : ` (and ${faults.length - 1} other cuts)`;
    return {outcome: worst.outcome, message: worst.message + more, cuts: counts};
  }

  async #runCut(opened: OpenCase, cut: NetworkCut, reference: Reference): Promise<CutFault> {
    const {network, outputNames} = opened;
    const {device, cutWith} = this.#settings;
    network.clearAffinity();
    for (const [operation, first] of cut.first) {
      network.setAffinity(operation, first || cutWith === null ? device : cutWith);
    }
    const given = await this.#tryInfer(opened, `HETERO:${device},${cutWith}`);
    if (!('outcome' in given)) {
      const message = reference.difference(given, outputNames);
      return message === undefined ? undefined : {outcome: 'failed', message};
    }
    return /share a value which cannot travel/.test(given.message) ? 'joined' : given;
  }

  async #tryInfer(opened: OpenCase, device: string): Promise<Outputs | CaseFault> {
    try {
      return await this.#infer(opened, device);
    } catch (error) {
      return faultOf(error);
    }
  }

  async #infer({network, feeds, outputNames}: OpenCase, device: string): Promise<Outputs> {
    const timeoutMs = this.#settings.inferTimeoutMs;
    const executable = await this.#core.loadNetwork(network, device);
    try {
      const request = executable.createInferRequest();
      const all: Outputs[number][] = [];
      for (const feed of feeds) {
        const outputs = await request.infer(Object.fromEntries(feed), {timeoutMs});
        all.push(outputNames.flatMap(name => outputs[name] ?? []));
      }
      return all;
    } finally {
      await executable.release();
    }
  }
}

function withOpinion(
  fault: CaseFault,
  opinion: Awaited<ReturnType<typeof secondOpinion>>,
): CaseFault {
  if (opinion.kind === 'refuses') {
    const message = `onnxruntime itself refuses it: ${opinion.message}`;
    return {outcome: 'unsupported', message};
  }
  if (fault.outcome !== 'unsupported') return fault;
  return {...fault, message: `${fault.message} (onnxruntime itself runs it)`};
}
