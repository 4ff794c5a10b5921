import {Command} from 'commander';
import {runCoordinator} from '../../app/run-coordinator.js';
import {standardLog} from '../../app/standard-log.js';
import {connectOptions, type ServerOptions, withServerOptions} from '../cluster-options.js';
import {type MetricsFlags, startMetrics, withMetricsOption} from '../metrics-option.js';
import type {Console} from '../report.js';
import {serveUntilSignal} from '../serve-until-signal.js';

/** `heterodyne coordinator`. */
export function coordinatorCommand(console: Console): Command {
  return withMetricsOption(withServerOptions(new Command('coordinator')))
    .description('run a coordinator until it is interrupted; of several, one leads')
    .addHelpText(
      'after',
      '\nExample:\n  $ heterodyne coordinator --servers nats://127.0.0.1:4222\n',
    )
    .action((options: ServerOptions & MetricsFlags) =>
      serveUntilSignal(async closers => {
        const log = standardLog(options.verbose ? 'debug' : 'info', {process: 'coordinator'});
        const coordinator = await runCoordinator(connectOptions(options, 'coordinator'), log);
        closers.add(() => coordinator.close());
        const source = {process: 'coordinator', collect: async () => coordinator.metrics()};
        closers.add(await startMetrics(options, source, console));
        console.note('coordinator is running');
      }),
    );
}
