import { createHash } from 'node:crypto';
import type { ResponseHeaders } from './headers.ts';

export interface Page {
  readonly headers: ResponseHeaders;
  readonly html: Buffer;
}

/**
 * The headers of a page: nothing but what the page itself names.
 *
 * @param sources further CSP directives, e.g. `style-src 'sha256-…'`
 */
export function pageHeaders(sources: readonly string[]): ResponseHeaders {
  const always = ["default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"];
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': [...always, ...sources].join('; '),
    'cross-origin-opener-policy': 'same-origin',
  };
}

/** The CSP source that admits exactly this inline script or style. */
export function hashSource(inline: string): string {
  return `'sha256-${createHash('sha256').update(inline).digest('base64')}'`;
}
