import test from 'ava';
import {GivenUpNotice} from '../../../actors/given-up-notice.js';
import {registryAddress} from '../../../schemas/addresses.js';
import {BareActor} from '../../support/bare-actor.js';

const told = {kind: 'givenUp', node: 'host-a', devices: ['host-a/CPU'], why: 'exit status 3'};

test('registries are told at once, and again for those that come later', t => {
  const {kind: _, ...notice} = told;
  const actor = new BareActor(new GivenUpNotice({...notice, heartbeatMs: 1000}));
  t.like(actor.sent(), [{to: registryAddress, message: told}]);
  actor.advance(2500);
  t.like(actor.sent(), [{message: told}, {message: told}]);
});

test('it takes no messages', t => {
  const {kind: _, ...notice} = told;
  const actor = new BareActor(new GivenUpNotice({...notice, heartbeatMs: 1000}));
  t.throws(() => actor.receive({kind: 'stats'}), {code: 'INVALID_FRAME'});
});
