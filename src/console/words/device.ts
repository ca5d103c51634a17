import Bowser from 'bowser';

export interface Device {
  /** E.g. `Firefox on Windows`. */
  readonly name: string;
  readonly kind: 'phone' | 'computer' | 'unknown';
}

/** Browser and system that a user agent says it is. */
export function deviceOf(userAgent: string | null): Device {
  if (userAgent === null || userAgent === '') return { name: 'Unknown device', kind: 'unknown' };
  const { browser, os, platform } = Bowser.parse(userAgent);
  // What Bowser does not know names itself first, as `curl/8.5.0` does.
  const parts = [browser.name || userAgent.split(/[/ ]/)[0], os.name];
  return { name: parts.filter(Boolean).join(' on '), kind: kindOf(platform.type) };
}

function kindOf(platform: string | undefined): Device['kind'] {
  if (platform === 'mobile' || platform === 'tablet') return 'phone';
  return platform === 'desktop' ? 'computer' : 'unknown';
}
