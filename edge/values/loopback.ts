const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Whether a URL's host name is this machine, as people write it. */
export const isLoopback = (hostname: string): boolean => LOOPBACK.has(hostname);
