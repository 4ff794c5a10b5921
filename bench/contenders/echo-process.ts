import {connect} from 'nats';

/** `echo-process <server> <subject> <bytes>`: answers every request with so many bytes. */
const [servers = '', subject = '', bytes = '0'] = process.argv.slice(2);
const answer = new Uint8Array(Number(bytes));
const connection = await connect({servers});
connection.subscribe(subject, {callback: (_error, message) => void message.respond(answer)});
await connection.flush();
process.send?.('ready');
process.once('disconnect', () => void connection.close());
