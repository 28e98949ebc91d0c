import { describe, expect, test } from 'vitest';
import { checked, codesOf, liveOf, short } from './models.js';

interface Parts {
  readonly authentication?: string;
  readonly between?: string;
  readonly identification?: string;
  readonly identify?: boolean;
}

/** A recovery flow: identification, whatever is given between, user-write. */
function recovery({
  authentication = 'none',
  between = '',
  identification = '',
  identify = true,
}: Parts = {}): string {
  return `
- {model: authentik_flows.flow, id: lost, identifiers: {slug: lost}, attrs: {name: Lost, title: Lost, designation: recovery, authentication: ${authentication}}}
- {model: authentik_stages_password.passwordstage, id: password, identifiers: {name: password}, attrs: {backends: [authentik.core.auth.InbuiltBackend]}}
- {model: authentik_stages_identification.identificationstage, id: who, identifiers: {name: who}, attrs: {user_fields: [username]${identification}}}
- {model: authentik_stages_user_write.userwritestage, id: write, identifiers: {name: write}, attrs: {user_creation_mode: never_create}}
- {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf lost, stage: !KeyOf write, order: 30}}
${identify ? '- {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf lost, stage: !KeyOf who, order: 10}}' : ''}
${between}`;
}

function stage(kind: string, attributes: string, order = 20): string {
  return `
- {model: ${kind}, id: between, identifiers: {name: between}, attrs: {${attributes}}}
- {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf lost, stage: !KeyOf between, order: ${order}}}
`;
}

const mail = (attributes: string, order?: number): string =>
  stage('authentik_stages_email.emailstage', attributes, order);

describe('a recovery flow', () => {
  test('with a mail between the question and the new password is fine', () => {
    expect(short(checked(recovery({ between: mail('use_global_settings: true') })))).toEqual([]);
  });

  test('without one lets in whoever knows a username', () => {
    expect(checked(recovery())).toMatchObject([
      {
        code: 'recovery-unproven',
        message:
          'flow/lost: anyone who knows a username gets to user-write-stage/write, because no mail is sent before',
        help: 'Bind an email stage between identification-stage/who (order 10) and user-write-stage/write (order 30).',
      },
    ]);
  });

  test('with the mail only after the new password lets in as well', () => {
    expect(codesOf(checked(recovery({ between: mail('use_global_settings: true', 40) })))).toEqual([
      'recovery-unproven',
    ]);
  });

  test('needs no mail where something else proves who that is', () => {
    const validate = 'authentik_stages_authenticator_validate.authenticatorvalidatestage';
    expect(checked(recovery({ between: stage(validate, 'not_configured_action: deny') }))).toEqual([]);
    expect(codesOf(checked(recovery({ between: stage(validate, 'not_configured_action: skip') })))).toEqual([
      'recovery-unproven',
    ]);
    expect(checked(recovery({ identification: ', password_stage: !KeyOf password' }))).toEqual([]);
  });

  test('needs no mail where nobody can say who they are, or only those who are signed in get', () => {
    expect(checked(recovery({ identify: false }))).toEqual([]);
    expect(checked(recovery({ authentication: 'require_authenticated' }))).toEqual([]);
  });

  const brand = (attributes: object) =>
    liveOf({ brand: [{ id: 'b', domain: 'main', default: true, ...attributes }] });
  const proven = recovery({ between: mail('use_global_settings: true') });

  test('that no brand uses is told, with the brand to change', () => {
    expect(checked(proven, brand({}))).toMatchObject([
      {
        code: 'recovery-unused',
        help: 'Write `flow_recovery` for brand/main, or `recovery_flow` for the identification stage of your login flow.',
      },
    ]);
  });

  test('that a brand uses, or the login flow leads to, is fine', () => {
    const used =
      '\n- {model: authentik_brands.brand, identifiers: {domain: main}, attrs: {flow_recovery: !KeyOf lost}}';
    expect(checked(proven + used, brand({}))).toEqual([]);
    const led = `
- {model: authentik_stages_identification.identificationstage, identifiers: {name: login}, attrs: {user_fields: [email], recovery_flow: !KeyOf lost}}`;
    expect(checked(proven + led, brand({}))).toEqual([]);
  });
});

describe('an email stage in a flow', () => {
  const said = (attributes: string): string[] => short(checked(recovery({ between: mail(attributes) })));
  const none =
    'email-no-server 11: email-stage/between, which flow/lost sends mail with, has no mail server, neither the global one nor its own';

  test('without a server of its own or the global one sends nothing', () => {
    for (const attributes of ['', 'use_global_settings: false', 'host: localhost']) {
      expect(said(attributes)).toEqual([none]);
    }
  });

  test('with a server is fine', () => {
    for (const attributes of [
      'use_global_settings: true, host: localhost',
      'host: mail.example.org',
      'host: localhost, port: 2525',
    ]) {
      expect(said(attributes)).toEqual([]);
    }
  });

  test('is looked at beside invitation stages', () => {
    const invited = `
- {model: authentik_stages_invitation.invitationstage, id: invited, identifiers: {name: invited}}
- {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf lost, stage: !KeyOf invited, order: 0}, attrs: {evaluate_on_plan: true}}`;
    expect(codesOf(checked(recovery({ between: mail('') + invited })))).toEqual(['email-no-server']);
  });

  test('that no flow binds may be anything', () => {
    expect(
      checked('- {model: authentik_stages_email.emailstage, identifiers: {name: spare}, attrs: {}}'),
    ).toEqual([]);
  });
});
