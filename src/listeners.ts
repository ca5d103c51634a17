import type { Server } from 'node:http';
import { JoinedListener } from './http/joined-listener.ts';
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
  /** On an HTTP server of our own, or joined to one of another program. */
  readonly main: HttpListener | JoinedListener;
  /** Undefined: METRICS_PORT is not set. */
  readonly metrics: HttpListener | undefined;
}

export interface Ports {
  readonly main: number;
  readonly metrics: number | undefined;
}

/** @param server to join; undefined: an own one */
export function createListeners({ issuer, metricsPort }: Settings, log: Logger, server?: Server): Listeners {
  const https = issuer?.startsWith('https:') ?? false;
  const main = server ? new JoinedListener(log, server, https) : new HttpListener(log, https);
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
  const localMetrics = showsLocalMetrics(listeners, settings) ? metrics : undefined;
  const router = createRouter({ ...dependencies, localMetrics });
  const handler = toldOfAnswers(tracedRequests(router, settings.trustProxy), metrics.onAnswer);
  listeners.main.serve(handler, router.has);
  listeners.main.serveUpgrades(upgrades);
  listeners.metrics?.serve(createMetricsRouter(metrics));
}

/** A program that is joined may have metrics of its own at that path. */
function showsLocalMetrics({ main }: Listeners, { metricsPort, mode }: Settings): boolean {
  return main instanceof HttpListener && metricsPort === undefined && mode !== 'production';
}

export interface ServedAt {
  /** Where the server answers, e.g. `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Where its metrics are; undefined: nowhere. */
  readonly metricsUrl: string | undefined;
}

/** @param issuer where clients reach a server that was joined, as long as it does not listen */
export function urlsOf(listeners: Listeners, settings: Settings, ports: Ports, issuer: string): ServedAt {
  const { main } = listeners;
  const url = main instanceof JoinedListener ? (main.url ?? issuer) : listeningUrl(settings.host, ports.main);
  if (ports.metrics !== undefined)
    return { url, metricsUrl: `${listeningUrl(settings.host, ports.metrics)}/metrics` };
  return { url, metricsUrl: showsLocalMetrics(listeners, settings) ? `${url}/metrics` : undefined };
}
