import { UnusableValue } from './unusable-value.ts';

/**
 * An exact web origin, spelt as a browser sends it (RFC 6454 §6.2), so that it can be compared as text.
 * @throws UnusableValue for anything else, `*` and `null` included
 */
export function webOrigin(text: string): string {
  const url = readUrl(text);
  if (!isWeb(url) || text.includes('*')) {
    throw new UnusableValue('must be exact origins such as https://app.example.com, without path or *');
  }
  if (url.origin !== text) throw new UnusableValue(`must be spelt as a browser sends it: ${url.origin}`);
  return text;
}

const APP_ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9._-]+(:\d{1,5})?$/;

/**
 * The origin of a native app's web view: a web origin, or one with a scheme of the app's own
 * (`capacitor://localhost`, `tauri://localhost`).
 * @throws UnusableValue for anything else
 */
export function webViewOrigin(text: string): string {
  if (isWeb(readUrl(text))) return webOrigin(text);
  if (APP_ORIGIN.test(text)) return text;
  throw new UnusableValue('must be exact origins such as capacitor://localhost, without path or *');
}

/**
 * The issuer identifier: an http or https URL without query and fragment (RFC 8414 §2). Verifiers compare it as
 * text, so only its canonical spelling is accepted, and no trailing slash.
 * @throws UnusableValue for anything else
 */
export function issuerUrl(text: string): string {
  const url = readUrl(text);
  if (!isWeb(url) || url.username !== '' || url.password !== '' || /[?#]/.test(text)) {
    throw new UnusableValue('must be an http or https URL without credentials, query and fragment');
  }
  const canonical = url.href.replace(/\/+$/, '');
  if (canonical !== text) {
    throw new UnusableValue(`must be spelt as verifiers compare it, without a trailing slash: ${canonical}`);
  }
  return text;
}

function readUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function isWeb(url: URL | undefined): url is URL {
  return url?.protocol === 'http:' || url?.protocol === 'https:';
}
