import type { SandboxProfile } from '../../../shared/session-status.ts';
import type { EngineHost } from '../port.ts';
import { profileCredentials } from './credentials/profile-credentials.ts';
import type { WwebjsSettings } from './engine-deps.ts';
import { killProfileProcesses } from './profile.ts';
import { reapStrayBrowsers } from './stray-browsers.ts';

export type WwebjsHostOptions = {
  /** Null when there is none: starting an engine then fails with that reason. */
  chromiumPath: string | null;
  egressAllow?: WwebjsSettings['egressAllow'];
  /** Chromium flags that put the sandbox in WhatsApp's place, for a session in sandbox mode. */
  sandboxChromiumArgs: (profile: SandboxProfile) => string[] | Promise<string[]>;
};

/** The runner's side of engines over whatsapp-web.js: which browser, where its link is, and what a dead one leaves. */
export function wwebjsHost({
  chromiumPath,
  egressAllow,
  sandboxChromiumArgs,
}: WwebjsHostOptions): EngineHost {
  return {
    settings: async ({ mode, sandboxProfile }): Promise<WwebjsSettings> => ({
      chromiumPath,
      egressAllow,
      sandboxArgs: mode === 'sandbox' ? await sandboxChromiumArgs(sandboxProfile ?? 'stock') : [],
    }),
    sweep: killProfileProcesses,
    reap: reapStrayBrowsers,
    credentials: profileCredentials(chromiumPath),
  };
}
