import { HttpListener } from './http/listener.ts';
import { toldOfAnswers, tracedRequests } from './http/observe-requests.ts';
import { createMetricsRouter, createRouter, type RouterDependencies } from './http/router.ts';
import type { UpgradeHandler } from './http/upgrade.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics/metrics.ts';
import { listeningUrl } from './settings/listening-url.ts';
import type { Settings } from './settings/settings.ts';

/** Where the server listens. */
export interface Listeners {
  readonly main: HttpListener;
  /** Undefined: METRICS_PORT is not set. */
  readonly metrics: HttpListener | undefined;
}

export interface Ports {
  readonly main: number;
  readonly metrics: number | undefined;
}

export function createListeners({ issuer, metricsPort }: Settings, log: Logger): Listeners {
  const main = new HttpListener(log, issuer?.startsWith('https:') ?? false);
  return { main, metrics: metricsPort === undefined ? undefined : new HttpListener(log, false) };
}

export async function bind(listeners: Listeners, { host, port, metricsPort = 0 }: Settings): Promise<Ports> {
  const main = await listeners.main.listen(host, port);
  return { main, metrics: await listeners.metrics?.listen(host, metricsPort, 'METRICS_PORT') };
}

export async function drain({ main, metrics }: Listeners, graceMs: number): Promise<void> {
  await Promise.all([main.drain(graceMs), metrics?.drain(graceMs)]);
}

export function serveRequests(
  listeners: Listeners,
  dependencies: Omit<RouterDependencies, 'localMetrics'>,
  upgrades: UpgradeHandler,
  settings: Settings,
  metrics: Metrics,
): void {
  const localMetrics = showsLocalMetrics(settings) ? metrics : undefined;
  const router = createRouter({ ...dependencies, localMetrics });
  listeners.main.serve(toldOfAnswers(tracedRequests(router, settings.trustProxy), metrics.onAnswer));
  listeners.main.serveUpgrades(upgrades);
  listeners.metrics?.serve(createMetricsRouter(metrics));
}

function showsLocalMetrics({ metricsPort, mode }: Settings): boolean {
  return metricsPort === undefined && mode !== 'production';
}

export interface ServedAt {
  /** Where the server answers, e.g. `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Where its metrics are; undefined: nowhere. */
  readonly metricsUrl: string | undefined;
}

export function urlsOf(settings: Settings, ports: Ports): ServedAt {
  const url = listeningUrl(settings.host, ports.main);
  if (ports.metrics !== undefined)
    return { url, metricsUrl: `${listeningUrl(settings.host, ports.metrics)}/metrics` };
  return { url, metricsUrl: showsLocalMetrics(settings) ? `${url}/metrics` : undefined };
}
