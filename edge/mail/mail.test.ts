import { describe, expect, test } from 'vitest';
import { createHarness } from '../testing/harness.ts';
import { mailbox } from '../testing/mailbox.ts';
import { createHttpMailer } from './http-mailer.ts';
import * as templates from './templates.ts';

const harness = await createHarness();
const url = 'https://waypost.example/x?a=1&b="2"';
const content = templates.verificationMail({ url });

describe('the mailer', () => {
  test('hands a mail to the provider, and the same key twice is one mail', async () => {
    const to = `ann-${crypto.randomUUID()}@example.com`;
    const { mailer } = harness.services();
    const mail = { ...content, to, idempotencyKey: crypto.randomUUID() };
    await mailer.send(mail);
    await mailer.send(mail);
    const got = await mailbox(harness.env).list(to);
    expect(got).toHaveLength(1);
    expect(got[0]).toMatchObject({ to: [to], ...content });
  });

  test('rejects when the provider does not take it, without the address', async () => {
    const mailer = createHttpMailer({ env: { ...harness.env, MAIL_TOKEN: 'a wrong token' } });
    const sent = mailer.send({ ...content, to: 'ann@example.com', idempotencyKey: 'k' });
    await expect(sent).rejects.toThrow(/^the mail provider answered 403$/);
  });
});

describe('the templates', () => {
  const invitation = templates.invitationMail({
    workspaceName: '<img src=x onerror=alert(1)>',
    inviterName: `Eve\r\nBcc: all@example.com ${'long '.repeat(50)}`,
    url,
  });

  test.each([
    ['verification', content],
    ['reset', templates.resetMail({ url })],
    ['already registered', templates.alreadyRegisteredMail({ url })],
    ['invitation', invitation],
  ])('%s carries its link, whole in the text and escaped in the HTML', (_name, mail) => {
    expect(mail.text).toContain(url);
    expect(mail.html).toContain('href="https://waypost.example/x?a=1&amp;b=&quot;2&quot;"');
    expect(mail.html).not.toContain(url);
    expect(mail.subject).not.toMatch(/[\r\n]/);
  });

  test('names are escaped, on one line, and short', () => {
    expect(invitation.html).not.toContain('<img');
    expect(invitation.html).toContain('&lt;img src=x');
    expect(invitation.text).toContain('Eve Bcc:');
    expect(invitation.text.split('\n')[0]?.length).toBeLessThan(250);
  });
});
