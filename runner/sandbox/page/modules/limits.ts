import type { Core } from '../core.ts';

/** What WhatsApp limits the account to: numbers and times as text, as its servers answer. */
export function limitModules(core: Core): Record<string, object> {
  return {
    WAWebMexFetchNewChatMessageCappingInfoJob: {
      mexFetchNewChatMessageCapping: async () => {
        const { cap } = await core.transport.ask('limits', {});
        return {
          capping_status: cap?.status ?? 'NONE',
          total_quota: String(cap?.quota ?? 0),
          used_quota: String(cap?.used ?? 0),
          cycle_start_timestamp: String(cap?.from ?? ''),
          cycle_end_timestamp: String(cap?.to ?? ''),
        };
      },
    },
    WAWebMexFetchReachoutTimelockJob: {
      mexFetchReachoutTimelock: async () => {
        const { lockedUntil } = await core.transport.ask('limits', {});
        return {
          is_active: lockedUntil !== null,
          enforcement_type: lockedUntil === null ? undefined : 'WEB_COMPANION_ONLY',
          time_enforcement_ends: lockedUntil === null ? undefined : String(lockedUntil),
        };
      },
    },
  };
}
