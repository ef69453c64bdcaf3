import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type Metric, single } from '../../shared/metrics/exposition.ts';

const NANOSECONDS = 1e9;
const MICROSECONDS = 1e6;

/** What the runner's own process takes, under the names that Prometheus' clients use. */
export function createProcessMetrics(): { metrics: () => Metric[]; stop: () => void } {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  const metrics = (): Metric[] => {
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed } = process.memoryUsage();
    const lag = { p99: delay.percentile(99) / NANOSECONDS, max: delay.max / NANOSECONDS };
    delay.reset();
    return [
      single(
        'counter',
        'process_cpu_seconds_total',
        'Processor time of the runner’s process.',
        (user + system) / MICROSECONDS,
      ),
      single(
        'gauge',
        'process_resident_memory_bytes',
        'Resident memory of the runner’s process, without the browsers.',
        rss,
      ),
      single('gauge', 'nodejs_heap_size_used_bytes', 'Heap that is in use.', heapUsed),
      single(
        'gauge',
        'process_start_time_seconds',
        'When the process began, in Unix time.',
        Math.round(Date.now() / 1_000 - process.uptime()),
      ),
      single(
        'gauge',
        'nodejs_eventloop_lag_p99_seconds',
        'Delay of the event loop since the last scrape, 99th percentile.',
        Number.isFinite(lag.p99) ? lag.p99 : 0,
      ),
      single(
        'gauge',
        'nodejs_eventloop_lag_max_seconds',
        'Longest delay of the event loop since the last scrape.',
        Number.isFinite(lag.max) ? lag.max : 0,
      ),
    ];
  };
  return { metrics, stop: () => delay.disable() };
}
