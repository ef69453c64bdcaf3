import { z } from 'zod';

/** What a session in `action_required` waits for, and the advice for the person who has to act. */
export const SESSION_ACTIONS = {
  dismiss_dialog:
    'WhatsApp Web shows a dialog that needs a choice. See it at GET /v1/sessions/:id/screenshot, answer it on the phone or in WhatsApp Web, then POST /v1/sessions/:id/restart.',
  passkey_required:
    'WhatsApp asks for a passkey to link this device, which this engine cannot provide. Link with POST /v1/sessions/:id/pairing-code, or turn off the passkey on the phone, then POST /v1/sessions/:id/restart.',
  passkey_confirmation_required:
    'WhatsApp waits for the passkey to be confirmed on the phone. Confirm it there, then POST /v1/sessions/:id/restart.',
  number_changed:
    'The linked phone has another number than this session. To keep the new number, POST /v1/sessions/:id/reconnect with {"acceptNumber": true}: messages queued under the old number then fail as NUMBER_CHANGED. Otherwise POST /v1/sessions/:id/logout and link the right phone.',
  accept_terms:
    'WhatsApp requires its terms to be accepted. Open WhatsApp on the phone and accept them, then POST /v1/sessions/:id/restart.',
  update_required:
    'WhatsApp refuses this version of WhatsApp Web. Update the runner, then POST /v1/sessions/:id/restart.',
  account_blocked:
    'WhatsApp has blocked this number or its proxy. Check the number on the phone; Waypost cannot lift the block.',
} as const;

export type SessionAction = keyof typeof SESSION_ACTIONS;

export const SESSION_ACTION_NAMES = Object.keys(SESSION_ACTIONS) as [
  SessionAction,
  ...SessionAction[],
];

/** In the form that the API and events show. */
export const ShownAction = z
  .object({
    action: z.enum(SESSION_ACTION_NAMES).describe('What is needed, as a code.'),
    advice: z.string().describe('What a person has to do, in words.'),
  })
  .meta({ 'x-component': 'SessionAction' });
export type ShownAction = z.infer<typeof ShownAction>;

export function showAction(action: SessionAction): ShownAction {
  return { action, advice: SESSION_ACTIONS[action] };
}
