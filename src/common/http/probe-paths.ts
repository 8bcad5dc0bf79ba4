const PROBE = /^\/(livez|readyz|startupz|health(\/\w+)?)$/;

/** Whether an address is one at which machines ask every few seconds how the service is. */
export function isProbePath(path: string): boolean {
  return PROBE.test(path);
}

/** The same of an address as it was requested. */
export function isProbeUrl(url: string): boolean {
  return isProbePath(url.split('?', 1)[0] ?? '');
}
