import { expect, it } from 'vitest';
import { coversRefusal } from '../testing/covers.ts';

type Call = (method: string, path: string, body?: unknown, status?: number) => Promise<unknown>;

/** Evolution's routes that always refuse, of the linked instance `evolution`. */
export function evolutionRefusals(call: Call): void {
  coversRefusal(
    'POST /compat/evolution/message/sendPtv/{instance}',
    'POST /compat/evolution/message/sendButtons/{instance}',
    'POST /compat/evolution/message/sendList/{instance}',
    'POST /compat/evolution/message/sendTemplate/{instance}',
    'POST /compat/evolution/chat/fetchBusinessProfile/{instance}',
    'GET /compat/evolution/chat/fetchPrivacySettings/{instance}',
    'POST /compat/evolution/chat/updatePrivacySettings/{instance}',
    'POST /compat/evolution/group/toggleEphemeral/{instance}',
    'POST /compat/evolution/websocket/set/{instance}',
    'GET /compat/evolution/websocket/find/{instance}',
    'POST /compat/evolution/rabbitmq/set/{instance}',
    'GET /compat/evolution/rabbitmq/find/{instance}',
    'POST /compat/evolution/sqs/set/{instance}',
    'GET /compat/evolution/sqs/find/{instance}',
    'POST /compat/evolution/chatwoot/set/{instance}',
    'GET /compat/evolution/chatwoot/find/{instance}',
    'POST /compat/evolution/typebot/create/{instance}',
    'GET /compat/evolution/typebot/find/{instance}',
    'POST /compat/evolution/openai/create/{instance}',
    'GET /compat/evolution/openai/find/{instance}',
    'POST /compat/evolution/dify/create/{instance}',
    'GET /compat/evolution/dify/find/{instance}',
    'POST /compat/evolution/flowise/create/{instance}',
    'GET /compat/evolution/flowise/find/{instance}',
    'POST /compat/evolution/evolutionBot/create/{instance}',
    'GET /compat/evolution/evolutionBot/find/{instance}',
    'POST /compat/evolution/instance/setPresence/{instance}',
    'POST /compat/evolution/call/offer/{instance}',
    'POST /compat/evolution/business/getCatalog/{instance}',
    'POST /compat/evolution/business/getCollections/{instance}',
    'POST /compat/evolution/template/create/{instance}',
    'GET /compat/evolution/template/find/{instance}',
  );

  it.each([
    'POST message/sendPtv',
    'POST message/sendButtons',
    'POST message/sendList',
    'POST message/sendTemplate',
    'POST chat/fetchBusinessProfile',
    'GET chat/fetchPrivacySettings',
    'POST chat/updatePrivacySettings',
    'POST group/toggleEphemeral',
    'POST websocket/set',
    'GET websocket/find',
    'POST rabbitmq/set',
    'GET rabbitmq/find',
    'POST sqs/set',
    'GET sqs/find',
    'POST chatwoot/set',
    'GET chatwoot/find',
    'POST typebot/create',
    'GET typebot/find',
    'POST openai/create',
    'GET openai/find',
    'POST dify/create',
    'GET dify/find',
    'POST flowise/create',
    'GET flowise/find',
    'POST evolutionBot/create',
    'GET evolutionBot/find',
    'POST instance/setPresence',
    'POST call/offer',
    'POST business/getCatalog',
    'POST business/getCollections',
    'POST template/create',
    'GET template/find',
  ])('%s is refused with the reason', async (route) => {
    const [method = '', path = ''] = route.split(' ');
    const body = method === 'POST' ? {} : undefined;
    const refusal = await call(method, `${path}/evolution`, body, 501);
    expect(refusal).toMatchObject({ status: 501, error: 'Not Implemented', code: 'NOT_SUPPORTED' });
    expect(refusal).toHaveProperty('response.message.0', expect.any(String));
  });
}
