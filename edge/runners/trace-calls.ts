import { inSpan, type Traced } from '../tracing/tracer.ts';
import type { RunnerClient, SessionAddress } from './port.ts';

/** The same client, whose calls are spans of the request that `traced` is at the time. */
export const traceRunnerCalls = (client: RunnerClient, traced: Traced): RunnerClient => ({
  wake: (address) => client.wake(address),
  doorbell: (address, request) =>
    inSpan(traced, span('doorbell', address), (traceparent) =>
      client.doorbell(address, request, traceparent),
    ),
  command: (address, name, input) =>
    inSpan(traced, span(name, address), (traceparent) =>
      client.command(address, name, input, traceparent),
    ),
});

const span = (command: string, { sessionId, runnerId }: SessionAddress) => ({
  name: `command ${command}`,
  attributes: { 'waypost.session.id': sessionId, 'waypost.runner.id': runnerId },
});
