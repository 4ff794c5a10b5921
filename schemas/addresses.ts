/** Every coordinator's registry listens here; `all.` marks an address with listeners everywhere. */
export const registryAddress = 'all.registry';

/**
 * Every coordinator hears here which deployments are wanted; the one that leads releases those that
 * no client has asked for in a while.
 */
export const keepAddress = 'all.keep';

/** The coordinator that leads listens here. */
export const coordinatorAddress = 'coordinator';

/** What a stage's address looks like: at any other, a stage would take the place of another actor. */
export const stageAddressPattern = /^stage(\.[A-Za-z0-9_-]{1,64}){1,4}$/;

/** Where one replica of one stage listens, in one variant of a deployment. */
export function stageAddress(
  deployment: string,
  at: {readonly variant: number; readonly stage: number; readonly replica: number},
): string {
  return `stage.${deployment}.${at.variant}.${at.stage}.${at.replica}`;
}

/** The deployment of a stage, and `variant.stage.replica` in it. */
export function stagePlace(address: string): {
  readonly deployment: string;
  readonly replica: string;
} {
  const [, deployment = '', ...place] = address.split('.');
  return {deployment, replica: place.join('.')};
}

export function deviceAddress(id: string): string {
  return `device.${id}`;
}

/** Where a node speaks for itself; nobody writes to it. */
export function nodeAddress(id: string): string {
  return `node.${id}`;
}

/** The only address prefix that a stage answers to: what a token of an attempt is made of. */
export const clientPrefix = 'client.';

/** With the client's identity, if it has one: others may be kept from listening there. */
export function clientAddress(id: string, identity?: string): string {
  return `${clientPrefix}${identity === undefined ? '' : `${identity}.`}${id}`;
}
