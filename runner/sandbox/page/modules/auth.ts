import type { Core } from '../core.ts';
import type { Session } from '../session/session.ts';

/** Connection, pairing and identity. */
export function authModules(
  core: Core,
  session: Session,
): { modules: Record<string, object>; refreshRef: () => Promise<void> } {
  const refreshRef = async (): Promise<void> => {
    const { ref } = await core.transport.ask('refreshRef', {});
    core.conn.set('ref', ref);
    if (core.socket.state === 'UNPAIRED_IDLE') core.socket.set('state', 'UNPAIRED');
  };
  const modules = {
    WAWebSocketModel: { Socket: core.socket },
    WAWebConnModel: { Conn: core.conn },
    WAWebStreamModel: { Stream: core.stream },
    WAWebOfflineHandler: {
      OfflineMessageHandler: { getOfflineDeliveryProgress: () => session.offlineProgress },
    },
    WAWebSignalStoreApi: {
      waSignalStore: { getRegistrationInfo: () => Promise.resolve(core.keys.registration) },
    },
    WAWebUserPrefsInfoStore: { waNoiseInfo: { get: () => Promise.resolve(core.keys.noise) } },
    WAWebCompanionRegClientUtils: { DEVICE_PLATFORM: 1 },
    WAWebAdvSignatureApi: {},
    WAWebUserPrefsMultiDevice: { getADVSecretKey: () => core.keys.advSecret },
    WAWebUserPrefsMeUser: {
      getMaybeMePnUser: () => core.me.pn,
      getMaybeMeLidUser: () => core.me.lid,
      getMaybeMeUser: () => core.me.pn,
      getMePnUserOrThrow: () => core.me.pn,
    },
    WAWebAltDeviceLinkingApi: {
      setPairingType: () => undefined,
      initializeAltDeviceLinking: () => Promise.resolve(),
      startAltLinkingFlow: async (phone: string) =>
        (await core.transport.ask('linkCode', { phone })).code,
      initializeQRLinking: () => Promise.resolve(),
    },
    WAWebLaunchSocketUtils: { refreshQR: refreshRef },
  };
  return { modules, refreshRef };
}
