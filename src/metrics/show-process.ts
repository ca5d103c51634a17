import {
  constants,
  type IntervalHistogram,
  monitorEventLoopDelay,
  PerformanceObserver,
} from 'node:perf_hooks';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

const NANOSECONDS = 1e9;
const MICROSECONDS = 1e6;

/**
 * What prom-client's own default metrics show of a process, under the same names. Those never stop: each registry would
 * leave a timer and an observer behind.
 *
 * @returns stops the timer and the observer
 */
export function showProcess(registry: Registry): () => void {
  const delay = monitorEventLoopDelay();
  delay.enable();
  showEventLoop(registry, delay);
  showMemory(registry);
  showCpu(registry);
  const observer = observeGarbageCollection(registry);
  return () => {
    delay.disable();
    observer.disconnect();
  };
}

function showEventLoop(registry: Registry, delay: IntervalHistogram): void {
  const registers = [registry];
  const gauge = (what: string, help: string) =>
    new Gauge({ name: `nodejs_eventloop_lag_${what}_seconds`, help, registers });
  const p50 = gauge('p50', 'Median delay of the event loop since it was asked for last.');
  const p99 = gauge('p99', 'The 99th percentile of the same.');
  new Gauge({
    name: 'nodejs_eventloop_lag_max_seconds',
    help: 'The longest of the same.',
    registers,
    collect() {
      p50.set(delay.percentile(50) / NANOSECONDS);
      p99.set(delay.percentile(99) / NANOSECONDS);
      this.set(delay.max / NANOSECONDS);
      delay.reset();
    },
  });
}

function showMemory(registry: Registry): void {
  const registers = [registry];
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  const used = gauge('nodejs_heap_size_used_bytes', 'Of the heap, what is used.');
  const total = gauge('nodejs_heap_size_total_bytes', 'Size of the heap.');
  const external = gauge('nodejs_external_memory_bytes', 'Memory of objects outside the heap.');
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Memory of the process.',
    registers,
    collect() {
      const memory = process.memoryUsage();
      used.set(memory.heapUsed);
      total.set(memory.heapTotal);
      external.set(memory.external);
      this.set(memory.rss);
    },
  });
}

function showCpu(registry: Registry): void {
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Time of a processor that the process has used.',
    registers: [registry],
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / MICROSECONDS);
    },
  });
  new Gauge({
    name: 'process_start_time_seconds',
    help: 'When the process began, as Unix time.',
    registers: [registry],
  }).set(performance.timeOrigin / 1000);
}

/** What the types of Node leave out. */
type GarbageCollection = PerformanceEntry & { readonly detail: { readonly kind: number } };

const KINDS: Readonly<Record<number, string>> = {
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'major',
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'minor',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weakcb',
};

function observeGarbageCollection(registry: Registry): PerformanceObserver {
  const durations = new Histogram({
    name: 'nodejs_gc_duration_seconds',
    help: 'How long garbage collections took, by kind.',
    labelNames: ['kind'],
    buckets: [0.001, 0.01, 0.1, 1, 2, 5],
    registers: [registry],
  });
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { detail, duration } = entry as GarbageCollection;
      durations.observe({ kind: KINDS[detail.kind] ?? 'other' }, duration / 1000);
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  return observer;
}
