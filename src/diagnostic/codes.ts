/** The closed set of what can be wrong with a user's input: data that the docs and `asbuilt explain` are written from. */

export type Severity = 'error' | 'warning' | 'note';

/**
 * Every code with its severity, what it means, and what to do. `docs/diagnostics.md` is written from this
 * table, and `asbuilt explain <code>` prints its row.
 */
export const codes = {
  // Files
  'no-such-path': row(
    'error',
    'A path on the command line or in the configuration does not exist or matches nothing.',
    'Check the spelling; paths are relative to the folder the command runs in.',
  ),
  'unreadable-file': row('error', 'The file cannot be read.', 'Check its permissions, or leave it out.'),
  'unwritable-file': row(
    'error',
    'A file that was to be written cannot be.',
    'Check the folder and its permissions, or name another file.',
  ),
  'file-too-large': row(
    'error',
    'The file is larger than 64 MiB.',
    'Split it: blueprints may refer to one another.',
  ),
  'invalid-utf8': row(
    'error',
    'The file is not UTF-8 text.',
    'Save it as UTF-8; authentik reads nothing else.',
  ),
  'yml-suffix': row(
    'warning',
    'The file ends in .yml, and authentik only reads .yaml.',
    'Rename it to .yaml; move it elsewhere if it is no blueprint.',
  ),
  'not-a-blueprint': row(
    'note',
    'YAML that has none of a blueprint’s keys was skipped.',
    'Nothing, or move it elsewhere.',
  ),
  'not-instantiated': row(
    'note',
    'The file is labelled blueprints.goauthentik.io/instantiate: "false" and was skipped in a folder.',
    'Name the file itself to apply it, or remove the label.',
  ),
  // YAML
  'yaml-syntax': row(
    'error',
    'The YAML cannot be read.',
    'Mend the syntax at the place shown; indentation and quotes are the usual causes.',
  ),
  'yaml-multiple-documents': row(
    'error',
    'A blueprint is one YAML document, and the file has several.',
    'Split the file at its `---` lines.',
  ),
  'yaml-duplicate-key': row(
    'error',
    'A map has the same key twice; authentik silently takes the last.',
    'Remove one of the two.',
  ),
  'yaml-unknown-tag': row(
    'error',
    'The tag is none of the blueprint tags.',
    'Use one of the 14 tags, or quote the text if no tag was meant.',
  ),
  'yaml-unknown-alias': row(
    'error',
    'An alias (*name) has no anchor (&name) before it.',
    'Define the anchor above the alias, or quote the text.',
  ),
  'yaml-too-deep': row('error', 'Values are nested more than 100 levels deep.', 'Flatten the structure.'),
  'yaml-too-many-aliases': row(
    'error',
    'Aliases expand to more than 100,000 values.',
    'Write the values out, or split the file.',
  ),
  'yaml-surprise': row(
    'warning',
    'YAML 1.1 gives this plain text another value than it seems to say.',
    'Quote it if text was meant.',
  ),
  'yaml-number': row(
    'error',
    'The number cannot be held exactly.',
    'Write it as quoted text, or use a smaller one.',
  ),
  // The blueprint's structure
  'empty-document': row(
    'error',
    'The file is empty.',
    'Write `version: 1` and `entries:`, or delete the file.',
  ),
  'wrong-type': row(
    'error',
    'The value has another type than the place needs.',
    'See the message for the type.',
  ),
  'missing-key': row('error', 'A required key is missing.', 'Add it.'),
  'unknown-key': row(
    'error',
    'The key is not known here; authentik would silently ignore it.',
    'Correct the spelling or remove it. Keys of your own may start with `x-` at the top level.',
  ),
  'wrong-version': row('error', 'Only blueprint version 1 exists.', 'Write `version: 1`.'),
  'unknown-kind': row('error', 'No kind has this name.', 'Use a name from `asbuilt explain kinds`.'),
  'kind-is-family': row(
    'error',
    'The name stands for several kinds and cannot be an entry of its own.',
    'Name one of its kinds.',
  ),
  'unknown-state': row(
    'error',
    'The state is none of present, created, must_created, absent.',
    'Use one of the four.',
  ),
  'duplicate-id': row('error', 'Two entries of a file have the same id.', 'Give each its own id.'),
  'no-identifiers': row(
    'error',
    'The entry has no identifiers, so nothing tells which object it means.',
    'Add `identifiers:` with the natural key.',
  ),
  'unknown-identifier': row(
    'error',
    'The identifier is no attribute of the kind, and no known lookup.',
    'Correct the spelling; see `asbuilt explain <kind>`.',
  ),
  'unknown-attribute': row(
    'error',
    'The kind has no such attribute; authentik would silently drop it.',
    'Correct the spelling; see `asbuilt explain <kind>`.',
  ),
  'read-only-attribute': row(
    'error',
    'The directory works this attribute out; it cannot be written.',
    'Remove it.',
  ),
  'retired-attribute': row(
    'warning',
    'authentik no longer has this attribute; it is ignored.',
    'Use its successor, named in the message, or remove it.',
  ),
  'tag-not-allowed': row(
    'error',
    'No tag may stand here.',
    'Write the map or list itself; tags may stand for the values inside it.',
  ),
  'missing-blueprint': row(
    'warning',
    'metaapplyblueprint requires a blueprint that is neither among the files nor in the directory.',
    'Add the file, or write `required: false`.',
  ),
  // Tags
  'tag-form': row(
    'error',
    'The tag’s arguments have the wrong form.',
    'See `docs/tags.md` for each tag’s forms.',
  ),
  'tag-value': row(
    'error',
    'The tag cannot give a value for these arguments.',
    'See the message; `docs/tags.md` has each tag’s rules.',
  ),
  'tag-unresolved': row(
    'error',
    'A tag stands where authentik does not resolve it and would store something meaningless.',
    'Move the tag up to where it is resolved: `docs/tags.md` says which arguments are.',
  ),
  'unknown-id': row(
    'error',
    '!KeyOf names an id that no entry of the file has.',
    'Correct the id, or use !Find for objects of other files.',
  ),
  'reference-to-held': row(
    'error',
    'The entry referred to is held back by its conditions and does not exist in the directory.',
    'Give both entries the same conditions, or create the object.',
  ),
  'reference-to-absent': row(
    'error',
    'The object referred to is to be deleted.',
    'Remove the reference or the `state: absent`.',
  ),
  'not-found': row(
    'error',
    'A reference finds nothing, and the attribute needs something.',
    'Describe the object in a blueprint, or correct the lookup.',
  ),
  'finds-nothing': row(
    'warning',
    'A reference finds nothing, so nothing (null) is stored.',
    'Describe the object in a blueprint, or correct the lookup.',
  ),
  'ambiguous-find': row(
    'warning',
    'A lookup finds several objects; authentik silently takes the first.',
    'Add a field that tells them apart.',
  ),
  cycle: row(
    'error',
    'Values, conditions or parents depend on one another in a circle.',
    'Break the circle at one of the places shown.',
  ),
  'outside-the-set': row(
    'note',
    'A reference points outside the files; without a directory it cannot be checked.',
    'Nothing: `plan` checks it.',
  ),
  'env-unset': row(
    'note',
    'An environment variable or file is not there; the attribute is treated as unchanged, and `apply` will refuse.',
    'Set the variable, or give the tag a default.',
  ),
  'env-not-allowed': row(
    'error',
    'The configuration does not let blueprints read this environment variable or file.',
    'Add it to `env:` or `files:` in asbuilt.yaml.',
  ),
  // Values
  'invalid-value': row(
    'error',
    'The value is not one that the attribute takes.',
    'See the message, and `asbuilt explain <kind>.<attribute>`.',
  ),
  'missing-attribute': row('error', 'An attribute that the object needs to exist is not written.', 'Add it.'),
  constraint: row('error', 'Attributes contradict each other.', 'See the message.'),
  'json-value': row(
    'error',
    'The value has no place in JSON (a date, set, bytes or not-a-number).',
    'Quote it, or write a list.',
  ),
  'unknown-permission': row(
    'warning',
    'No known permission has this name.',
    'Permissions are written `app_label.codename`; see `asbuilt explain <kind>`.',
  ),
  'no-expiry': row(
    'warning',
    'The invitation says no `expires`, so the directory ends it after its default, usually one day.',
    'Write `expires:` with a date.',
  ),
  // Resources
  'ambiguous-match': row(
    'error',
    'The identifiers match several objects.',
    'Add an identifier that tells them apart.',
  ),
  'conflicting-match': row(
    'error',
    'The identifiers match another object than the one this project made for the entry.',
    'Rename with `was:`, or delete one of the two.',
  ),
  conflict: row(
    'error',
    'Two entries ask for different things of one object.',
    'Change one of them, or leave the attribute out of one.',
  ),
  'already-exists': row(
    'error',
    'The state is must_created, and the object exists without us.',
    'Use `created` or `present`, or delete the object.',
  ),
  'key-changed': row(
    'error',
    'An integer pk matches an object with another natural key.',
    'Match by natural key instead of pk.',
  ),
  'renamed-both-exist': row(
    'error',
    'The old and the new name of a rename both exist.',
    'Delete one of the objects, or remove `was`.',
  ),
  'renamed-already': row('note', 'The rename is done.', 'Remove `was`.'),
  'old-name-used': row(
    'warning',
    'A reference uses the old name of a renamed resource.',
    'Use the new name.',
  ),
  'not-issued': row(
    'warning',
    'An invitation is missing, and nothing is recorded that tells whether it was issued before.',
    'Add --issue to issue it, or import the ledger that has the record.',
  ),
  released: row(
    'note',
    'An attribute that was applied is no longer written and has no default to go back to; the value stays.',
    'Nothing, or write the value that you want.',
  ),
  'still-referred': row(
    'warning',
    'Nothing describes an object any more, but a described one refers to it, so it is not pruned.',
    'Describe the object again, or remove the reference.',
  ),
  'label-changed': row(
    'note',
    'A label is another than the last time. Only the ledger is written for it.',
    'Nothing, if you meant it.',
  ),
  protected: row(
    'error',
    'The object carries a label that protects it from being deleted.',
    'Apply the entry with the label removed first, then delete.',
  ),
  'unknown-address': row(
    'error',
    'No resource has this address.',
    'Addresses are `kind/key`, as a plan shows them.',
  ),
  'not-unique': row(
    'error',
    'Two objects would have a value that only one may have.',
    'Give one of them another value.',
  ),
  'interim-name': row(
    'error',
    'Objects swap a unique value, which no order of writes can do.',
    'Go through an interim name, in two runs.',
  ),
  // The configuration and saved plans
  'unknown-directory': row(
    'error',
    'No directory of the configuration has this name.',
    'Add it below `directories:` in asbuilt.yaml, or write a URL.',
  ),
  'written-credential': row(
    'error',
    'A password or token stands in asbuilt.yaml, where everyone who can read the repository sees it.',
    'Change it, and write `token: {env: NAME}` or `token: {file: path}`.',
  ),
  'no-credential': row(
    'error',
    'The variable or file that holds the token of a directory is not there.',
    'Set the variable or write the file.',
  ),
  'not-a-plan': row(
    'error',
    'The file is no saved plan, or is not as it was saved.',
    'Save it again: `asbuilt plan --out plan.json`.',
  ),
  'not-checked': row(
    'note',
    'The credentials may not read a kind that only a check looks at, so that check was left out.',
    'Give the account permission to view these objects, or do without the check.',
  ),
  'not-held': row(
    'error',
    'The directory cannot hold objects of this kind, or this attribute of them.',
    'Leave it out, or describe it in a file for another directory that can hold it.',
  ),
  // Exports
  'not-exported': row(
    'warning',
    'A live object or one of its attributes cannot be described without its id, a secret, or what may not be read.',
    'See the message; describe it by hand if it matters.',
  ),
  'not-adopted': row(
    'error',
    'What was exported cannot be adopted, because applying it would change something.',
    'See what `asbuilt plan` says of the files.',
  ),
  'file-exists': row(
    'error',
    'A file that was to be written is there already and holds something else.',
    'Name another folder, or move the file away.',
  ),
  // The command line
  'unknown-command': row('error', 'There is no such command.', 'See `asbuilt --help`.'),
  'unknown-option': row('error', 'There is no such option.', 'See `asbuilt <command> --help`.'),
  'unknown-topic': row(
    'error',
    'Nothing by that name can be explained.',
    'Name a diagnostic code, a kind, or kind.attribute.',
  ),
  usage: row('error', 'The command line cannot be understood.', 'See `asbuilt <command> --help`.'),
  // What would not work
  'invitation-expired': row(
    'warning',
    'The invitation’s date is past, so that it cannot be used.',
    'Write a later `expires`, or remove the invitation.',
  ),
  'invitation-wrong-flow': row(
    'warning',
    'The invitation leads to a flow that is not for enrollment.',
    'Name an enrollment flow.',
  ),
  'invitation-no-stage': row(
    'warning',
    'The invitation’s flow has no invitation stage, so that nothing looks at the invitation.',
    'Bind an invitation stage as the flow’s first stage.',
  ),
  'invitation-too-late': row(
    'warning',
    'The flow looks at the invitation after the prompts or the writing of the user that it should fill in.',
    'Give the invitation stage’s binding a lower `order`.',
  ),
  'invitation-not-on-plan': row(
    'warning',
    'The invitation stage is bound without `evaluate_on_plan`, so that a bad invitation is noticed late.',
    'Write `evaluate_on_plan: true` for the binding.',
  ),
  'invitation-groups': row(
    'warning',
    'An invitation’s `fixed_data` cannot give groups or roles: writing the user discards them.',
    'Write `create_users_group` for the flow’s user-write stage.',
  ),
  'invitation-unused-data': row(
    'warning',
    'A key of `fixed_data` is neither a field of users nor asked for by a prompt of the flow, so that it is discarded.',
    'Correct the spelling, write it under `attributes`, or add a prompt with this `field_key`.',
  ),
  'invitation-not-filled-in': row(
    'warning',
    'The prompt that a key of `fixed_data` should fill in has an expression as its placeholder.',
    'Write `placeholder_expression: false` for the prompt.',
  ),
  'invitation-ends-with-creator': row(
    'warning',
    'Invitations are deleted with the account that made them, and that account is on its way out.',
    'Give the invitations another `created_by` first.',
  ),
  'invitation-spent': row(
    'note',
    'An invitation that was issued is used up or expired, and is not issued again until its blueprint changes.',
    'Nothing; or remove it, or change its `expires`.',
  ),
  'recovery-unused': row(
    'warning',
    'No brand leads to the recovery flow, so that nobody finds it.',
    'Write `flow_recovery` for a brand.',
  ),
  'recovery-unproven': row(
    'warning',
    'The recovery flow lets in whoever knows a username: nothing on the way proves who that is.',
    'Bind an email stage after the identification stage.',
  ),
  'email-no-server': row(
    'warning',
    'A flow sends mail through an email stage that has no mail server.',
    'Write `use_global_settings: true`, or the stage’s own `host`.',
  ),
  'external-nowhere': row(
    'warning',
    'External users see no list of applications, and no brand has a default application to send them to.',
    'Write `default_application` for the brand.',
  ),
  'application-open': row(
    'warning',
    'Nothing that counts is bound to the application, so that everyone may use it.',
    'Bind a group, a user or a policy, or label the entry `asbuilt.io/access: everyone`.',
  ),
  'application-closed': row(
    'warning',
    'What is bound to the application lets nobody through.',
    'Bind somebody who can pass, or change `policy_engine_mode`.',
  ),
  'user-no-email': row(
    'warning',
    'The user has no email, so that no mail for recovery or confirmation arrives.',
    'Write `email`.',
  ),
  'user-same-email': row(
    'warning',
    'Several users have the same email (case does not count), so that recovery and sign-in by mail may take the wrong one.',
    'Give each an address of its own.',
  ),
  'path-empty-segment': row(
    'warning',
    'A path of users begins or ends with a slash, or has two in a row.',
    'Write it as `staff/engineering`.',
  ),
  'flow-rebound': row(
    'warning',
    'Stages of a flow that this project owns were bound or unbound by hand.',
    'Describe them in the blueprint, or undo it.',
  ),
  'brand-no-recovery': row('warning', 'The brand has no recovery flow.', 'Write `flow_recovery` for it.'),
  'nobody-recovers': row(
    'warning',
    'Nothing leads to a recovery flow, so that a lost password stays lost.',
    'Write `flow_recovery` for the brand.',
  ),
} satisfies Record<string, CodeRow>;

export type DiagnosticCode = keyof typeof codes;

interface CodeRow {
  readonly severity: Severity;
  readonly meaning: string;
  readonly remedy: string;
}

function row(severity: Severity, meaning: string, remedy: string): CodeRow {
  return { severity, meaning, remedy };
}
