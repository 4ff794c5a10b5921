import {startNatsServer} from '../../src/app/start-nats-server.js';

/** A process that starts a nats-server, tells its port, and waits to be killed. */
const {port} = await startNatsServer();
process.send?.(port);
