import { z } from 'zod';
import { systemResolve, type Resolve } from '../../egress/dialable.ts';
import type { EngineOptions } from '../port.ts';
import type { LinkedBrowserOptions } from './linked-browser.ts';
import type { EngineTimes } from './times.ts';

export const WwebjsSettings = z.object({
  /** Null lets puppeteer use the Chromium that it downloaded. */
  chromiumPath: z.string().nullable(),
  /** Chromium flags that put the simulated WhatsApp in the real one's place; a sandbox session does not start without. */
  sandboxArgs: z.array(z.string()),
  /** Private places that a session's proxy may be at: EGRESS_ALLOW. Left out: none. */
  egressAllow: z.array(z.string()).readonly().optional(),
});
export type WwebjsSettings = z.infer<typeof WwebjsSettings>;

export type WwebjsEngineDeps = WwebjsSettings & {
  /** Structured entries; never message text, QR data or file names. */
  log: (entry: Record<string, unknown>) => void;
  now?: () => number;
  headless?: boolean;
  times?: Partial<EngineTimes>;
  onBrowser?: (pid: number | null) => void;
  messageKeyPatch?: boolean;
  /** How a proxy's name is resolved; by default as the system does. */
  resolve?: Resolve;
};

/** How a session's browser is to be launched. */
export function browserOptions(
  options: EngineOptions,
  deps: WwebjsEngineDeps,
): LinkedBrowserOptions {
  return {
    profileDir: options.stateDir,
    chromiumPath: deps.chromiumPath,
    extraArgs: options.mode === 'sandbox' ? deps.sandboxArgs : [],
    headless: deps.headless ?? true,
    proxy: options.proxy,
    egressAllow: deps.egressAllow ?? [],
    resolve: deps.resolve ?? systemResolve,
    alwaysOnline: options.conduct.alwaysOnline,
    messageKeyPatch: deps.messageKeyPatch ?? true,
  };
}
