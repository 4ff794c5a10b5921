import type {ImportSupport, RuntimeRequirements} from '../../schemas/compiled-network.js';

/** Whether a plugin of these `given` requirements can import what needs those `needed`. */
export function meetsRequirements(
  needed: RuntimeRequirements,
  given: RuntimeRequirements,
): ImportSupport {
  const names = Object.keys({...needed, ...given});
  const differing = names.filter(name => needed[name] !== given[name]);
  if (differing.length === 0) return {supported: true};
  const faults = differing.map(
    name => `it needs ${name} ${needed[name] ?? '(none)'}, here is ${given[name] ?? '(none)'}`,
  );
  return {supported: false, reason: faults.join('; ')};
}
