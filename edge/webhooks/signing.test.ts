import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { newWebhookSecret, signWebhook } from './signing.ts';

const body = '{"type":"message.sent","text":"zwölf 👍"}';
const eventId = 'evt_01k2q8z6m4c8f7h3n5r9t1v0wx';
const now = () => Math.floor(Date.now() / 1_000);

describe('signWebhook', () => {
  it('makes what the Standard Webhooks library accepts, for each secret', async () => {
    const secrets = [newWebhookSecret(), newWebhookSecret()];
    const headers = await signWebhook({ secrets, eventId, timestamp: now(), body });
    for (const secret of secrets)
      expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
    expect(() => new Webhook(newWebhookSecret()).verify(body, headers)).toThrow();
    expect(() => new Webhook(secrets[0] ?? '').verify(`${body} `, headers)).toThrow();
  });

  it.each([-301, 301])('is out of date %i seconds off', async (skew) => {
    const secret = newWebhookSecret();
    const headers = await signWebhook({
      secrets: [secret],
      eventId,
      timestamp: now() + skew,
      body,
    });
    expect(() => new Webhook(secret).verify(body, headers)).toThrow();
  });

  it('puts t and one v1 for each secret into X-Signature', async () => {
    const headers = await signWebhook({
      secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_b2xk'],
      eventId: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      timestamp: 1_614_265_330,
      body: '{"test": 2432232314}',
    });
    // The spec's own example for the first secret.
    expect(headers['webhook-signature'].split(' ')[0]).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    );
    expect(headers['x-signature']).toMatch(/^t=1614265330(,v1=[0-9a-f]{64}){2}$/);
  });
});

describe('newWebhookSecret', () => {
  it('is 32 random bytes behind its prefix', () => {
    expect(newWebhookSecret()).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(newWebhookSecret()).not.toBe(newWebhookSecret());
  });
});
