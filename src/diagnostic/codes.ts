/** All codes that a diagnostic can have, with what each means and what to do about it. */

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
    'Check the spelling; paths are relative to the folder that the command runs in.',
  ),
  'no-directory': row(
    'error',
    'The directory does not exist.',
    'Check --directory, or `url` in asbuilt.yaml; `asbuilt apply` makes a SQLite directory.',
  ),
  'unreadable-file': row('error', 'The file cannot be read.', 'Check its permissions, or leave it out.'),
  'leads-out': row(
    'error',
    'A path of the configuration, or a link, leads out of the repository (without one: out of its folder), so nothing there is read.',
    'Put the file into the repository, name it on the command line, or list its folder in the variable ASBUILT_FILES.',
  ),
  'unwritable-file': row(
    'error',
    'The file cannot be written.',
    'Check the folder and its permissions, or choose another file.',
  ),
  'file-too-large': row(
    'error',
    'The file is larger than 64 MiB.',
    'Split it: blueprints can refer to one another.',
  ),
  'invalid-utf8': row(
    'error',
    'The file is not UTF-8 text.',
    'Save it as UTF-8, the only encoding that authentik reads.',
  ),
  'yml-suffix': row(
    'warning',
    'The file ends in .yml, but authentik only reads .yaml.',
    'Rename it to .yaml, or move it elsewhere if it is not a blueprint.',
  ),
  'not-a-blueprint': row(
    'note',
    'The file is YAML but not a blueprint, so it was skipped.',
    'Ignore this, or move the file elsewhere.',
  ),
  'not-instantiated': row(
    'note',
    'The file is labelled blueprints.goauthentik.io/instantiate: "false" and was skipped, as it was not named itself.',
    'To apply it, name the file on the command line or remove the label.',
  ),
  // YAML
  'yaml-syntax': row(
    'error',
    'The YAML cannot be read.',
    'Fix the syntax at the place shown; indentation and quotes are the usual causes.',
  ),
  'yaml-multiple-documents': row(
    'error',
    'The file has several YAML documents; a blueprint is one.',
    'Split the file at its `---` lines.',
  ),
  'yaml-duplicate-key': row(
    'error',
    'A map has the same key twice; authentik silently uses the last.',
    'Remove one of the two.',
  ),
  'yaml-unknown-tag': row(
    'error',
    'Blueprints have no such tag.',
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
    'YAML 1.1 reads this unquoted text as something else than it looks like.',
    'Quote it if text was meant.',
  ),
  'yaml-number': row('error', 'The number cannot be stored exactly.', 'Quote it, or use a smaller number.'),
  // The blueprint's structure
  'empty-document': row(
    'error',
    'The file is empty.',
    'Write `version: 1` and `entries:`, or delete the file.',
  ),
  'wrong-type': row('error', 'The value has the wrong type.', 'The message names the type that is needed.'),
  'missing-key': row('error', 'A required key is missing.', 'Add it.'),
  'unknown-key': row(
    'error',
    'Unknown key; authentik would silently ignore it.',
    'Correct the spelling or remove it. Keys of your own may start with `x-` at the top level.',
  ),
  'wrong-version': row('error', 'Only blueprint version 1 exists.', 'Write `version: 1`.'),
  'unknown-kind': row('error', 'Unknown kind.', '`asbuilt explain kinds` lists all kinds.'),
  'kind-is-family': row(
    'error',
    'This is a family of kinds, which cannot be written as an entry.',
    'Use one of its kinds.',
  ),
  'unknown-state': row('error', 'Unknown state.', 'Use present, created, must_created or absent.'),
  'duplicate-id': row('error', 'Two entries in one file have the same id.', 'Give each entry its own id.'),
  'no-identifiers': row(
    'error',
    'The entry has no identifiers, so it is unclear which object it means.',
    'Add `identifiers:` with the natural key.',
  ),
  'unknown-identifier': row(
    'error',
    'The identifier is neither an attribute of the kind nor a known lookup.',
    'Correct the spelling; see `asbuilt explain <kind>`.',
  ),
  'unknown-attribute': row(
    'error',
    'The kind has no such attribute; authentik would silently drop it.',
    'Correct the spelling; see `asbuilt explain <kind>`.',
  ),
  'read-only-attribute': row(
    'error',
    'The attribute is computed by the directory and cannot be written.',
    'Remove it.',
  ),
  'retired-attribute': row(
    'warning',
    'authentik no longer has this attribute; it is ignored.',
    'Use its successor, named in the message, or remove it.',
  ),
  'tag-not-allowed': row(
    'error',
    'Tags are not allowed here.',
    'Write out the map or list; the values inside it may be tags.',
  ),
  'missing-blueprint': row(
    'warning',
    'metaapplyblueprint requires a blueprint that is neither among the files nor in the directory.',
    'Add the file, or write `required: false`.',
  ),
  // Tags
  'tag-form': row(
    'error',
    'The arguments of the tag have the wrong form.',
    '`docs/tags.md` shows the forms of each tag.',
  ),
  'tag-value': row(
    'error',
    'The tag has no value for these arguments.',
    'See the message; `docs/tags.md` has the rules of each tag.',
  ),
  'tag-unresolved': row(
    'error',
    'authentik does not resolve a tag here and would store something meaningless.',
    'Move the tag to where it is resolved; `docs/tags.md` says which arguments are.',
  ),
  'unknown-id': row(
    'error',
    '!KeyOf names an id that no entry of the file has.',
    'Correct the id, or use !Find for objects in other files.',
  ),
  'reference-to-held': row(
    'error',
    'The entry referred to is held back by its conditions and does not exist in the directory.',
    'Give both entries the same conditions, or create the object.',
  ),
  'reference-to-absent': row(
    'error',
    'A reference points to an object that is to be deleted.',
    'Remove the reference or `state: absent`.',
  ),
  'not-found': row(
    'error',
    'A reference finds nothing, and the attribute must not be empty.',
    'Describe the object in a blueprint, or correct the lookup.',
  ),
  'finds-nothing': row(
    'warning',
    'A reference finds nothing, so null is stored.',
    'Describe the object in a blueprint, or correct the lookup.',
  ),
  'ambiguous-find': row(
    'warning',
    'A lookup finds several objects; authentik silently uses the first.',
    'Add a field that distinguishes them.',
  ),
  cycle: row(
    'error',
    'Values, conditions or parents depend on each other in a circle.',
    'Break the circle at one of the places shown.',
  ),
  'outside-the-set': row(
    'note',
    'A reference points outside the files; without a directory it cannot be checked.',
    'Nothing; `plan` will check it.',
  ),
  'env-unset': row(
    'note',
    'An environment variable or file is missing; the attribute counts as unchanged, and `apply` will refuse.',
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
    'The value is not valid for the attribute.',
    'See the message, and `asbuilt explain <kind>.<attribute>`.',
  ),
  'missing-attribute': row('error', 'A required attribute is missing.', 'Add it.'),
  constraint: row('error', 'Attributes contradict each other.', 'See the message.'),
  'json-value': row(
    'error',
    'JSON cannot represent the value (a date, set, bytes or not-a-number).',
    'Quote it, or write a list.',
  ),
  'unknown-permission': row(
    'warning',
    'Unknown permission.',
    'Permissions are written `app_label.codename`; see `asbuilt explain <kind>`.',
  ),
  'no-expiry': row(
    'warning',
    'The invitation has no `expires`, so it ends after the directory’s default, usually one day.',
    'Write `expires:` with a date.',
  ),
  // Resources
  'ambiguous-match': row(
    'error',
    'The identifiers match several objects.',
    'Add an identifier that distinguishes them.',
  ),
  'conflicting-match': row(
    'error',
    'The identifiers match a different object from the one that this project made for the entry.',
    'Rename with `was:`, or delete one of the two.',
  ),
  conflict: row(
    'error',
    'Two entries contradict each other about one object.',
    'Change one of them, or leave the attribute out of one.',
  ),
  'already-exists': row(
    'error',
    'The state is must_created, but the object already exists and this project did not create it.',
    'Use `created` or `present`, or delete the object.',
  ),
  'key-changed': row(
    'error',
    'An integer pk matches an object with another natural key.',
    'Match by natural key instead of pk.',
  ),
  'renamed-both-exist': row(
    'error',
    'Both the old and the new name of a rename exist.',
    'Delete one of the objects, or remove `was`.',
  ),
  'renamed-already': row('note', 'The rename has been applied.', 'Remove `was`.'),
  'old-name-used': row(
    'warning',
    'A reference uses the old name of a renamed resource.',
    'Use the new name.',
  ),
  'not-issued': row(
    'warning',
    'An invitation is missing, and the ledger does not say whether it was issued before.',
    'Add --issue to issue it, or import the ledger that has the record.',
  ),
  orphaned: row(
    'warning',
    'Nothing describes these objects of the project any more, and nobody has decided whether they are pruned.',
    'Add --prune or --no-prune, or write `prune: true` or `prune: false` in asbuilt.yaml.',
  ),
  refused: row(
    'error',
    'The plan has a hazard that is refused, so nothing is applied and the plan is not saved.',
    'Change the blueprint, or allow the hazard by name with --allow where it is meant.',
  ),
  released: row(
    'note',
    'An attribute is no longer written and has no default to return to, so its value stays.',
    'Ignore this, or write the value that you want.',
  ),
  'still-referred': row(
    'warning',
    'An object is no longer in any blueprint, but one that is refers to it, so it is not pruned.',
    'Describe the object again, or remove the reference.',
  ),
  'label-changed': row(
    'note',
    'A label has changed. This only affects the ledger.',
    'Nothing, if this is intended.',
  ),
  protected: row(
    'error',
    'A label protects the object from being deleted.',
    'Remove the label and apply, then delete.',
  ),
  'unknown-address': row(
    'error',
    'No resource has this address.',
    'Addresses are `kind/key`, as a plan shows them.',
  ),
  'invalid-query': row(
    'error',
    'A query, an order or a list of columns can’t be read.',
    'Write it as docs/queries.md says; for a plain search there is `--search`.',
  ),
  'odd-query': row(
    'warning',
    'A query means something else than it seems to.',
    'Write it so that it says what it means.',
  ),
  'not-unique': row(
    'error',
    'Two objects would have the same value for something that must be unique.',
    'Give one of them a different value.',
  ),
  'interim-name': row(
    'error',
    'Objects swap a unique value, which is not possible in any order of writes.',
    'Use an interim name and apply twice.',
  ),
  // The configuration and saved plans
  'unknown-directory': row(
    'error',
    'The configuration has no directory of this name.',
    'Add it below `directories:` in asbuilt.yaml, or give a URL.',
  ),
  'written-secret': row(
    'warning',
    'A blueprint holds a secret (a password, a key, a client secret) in plain text, which everyone with access to the repository can read.',
    'Change the secret, and write `!Env NAME` or `!File path` in its place.',
  ),
  'written-credential': row(
    'error',
    'asbuilt.yaml contains a password or token, which everyone with access to the repository can read.',
    'Change it, and write `token: {env: NAME}` or `token: {file: path}`.',
  ),
  'no-credential': row(
    'error',
    'The variable or file with the token of a directory is missing.',
    'Set the variable or write the file.',
  ),
  'not-a-plan': row(
    'error',
    'The file is not a saved plan, or was changed after it was saved.',
    'Save it again: `asbuilt plan --out plan.json`.',
  ),
  'not-checked': row(
    'note',
    'The credentials may not read a kind that only a check looks at, so that check was left out.',
    'Give the account permission to view these objects, or do without the check.',
  ),
  'not-permitted': row(
    'warning',
    'The account in use lacks a permission that the run needs. Permissions on single objects are not looked at, so it may be allowed all the same.',
    'Grant the permission to a role of the account, or use the credentials of another; `asbuilt ping` lists what is missing.',
  ),
  'not-held': row(
    'error',
    'The directory cannot hold objects of this kind, or this attribute of them.',
    'Leave it out, or describe it in a file for another directory that can hold it.',
  ),
  // Exports
  'not-exported': row(
    'warning',
    'An object or attribute cannot be exported: it needs an id or a secret, or cannot be read.',
    'See the message; write it by hand if it matters.',
  ),
  'not-adopted': row(
    'error',
    'The export cannot be adopted, because applying it would change something.',
    'Run `asbuilt plan` on the files to see what.',
  ),
  'file-exists': row(
    'error',
    'The file already exists with different content.',
    'Choose another folder, or move the file away.',
  ),
  // The command line
  'unknown-command': row('error', 'Unknown command.', 'See `asbuilt --help`.'),
  'unknown-option': row('error', 'Unknown option.', 'See `asbuilt <command> --help`.'),
  'unknown-topic': row(
    'error',
    'There is no code, kind or attribute of this name.',
    'Give a diagnostic code, a kind, or kind.attribute.',
  ),
  usage: row('error', 'The command line is not valid.', 'See `asbuilt <command> --help`.'),
  // What would not work
  'invitation-expired': row(
    'warning',
    'The invitation has expired and cannot be used.',
    'Write a later `expires`, or remove the invitation.',
  ),
  'invitation-wrong-flow': row(
    'warning',
    'The invitation’s flow is not an enrollment flow.',
    'Use an enrollment flow.',
  ),
  'invitation-no-stage': row(
    'warning',
    'The invitation’s flow has no invitation stage, so the invitation has no effect.',
    'Bind an invitation stage as the flow’s first stage.',
  ),
  'invitation-too-late': row(
    'warning',
    'The invitation stage comes after the prompts or the user-write stage that it should fill in.',
    'Give the invitation stage’s binding a lower `order`.',
  ),
  'invitation-not-on-plan': row(
    'warning',
    'The invitation stage is bound without `evaluate_on_plan`, so a bad invitation is noticed late.',
    'Set `evaluate_on_plan: true` on the binding.',
  ),
  'invitation-groups': row(
    'warning',
    '`fixed_data` cannot give groups or roles: the user-write stage discards them.',
    'Set `create_users_group` on the flow’s user-write stage.',
  ),
  'invitation-unused-data': row(
    'warning',
    'A key of `fixed_data` is neither a user field nor a prompt of the flow, so it is discarded.',
    'Correct the spelling, write it under `attributes`, or add a prompt with this `field_key`.',
  ),
  'invitation-not-filled-in': row(
    'warning',
    'The prompt that `fixed_data` should fill in has an expression as its placeholder.',
    'Set `placeholder_expression: false` on the prompt.',
  ),
  'invitation-ends-with-creator': row(
    'warning',
    'Invitations are deleted with the account that created them, and this account is about to go.',
    'Give the invitations another `created_by` first.',
  ),
  'invitation-spent': row(
    'note',
    'The invitation was used or has expired; it is not issued again until its blueprint changes.',
    'Ignore this, remove the invitation, or change its `expires`.',
  ),
  'recovery-unused': row(
    'warning',
    'No brand uses the recovery flow, so nobody can reach it.',
    'Set `flow_recovery` on a brand.',
  ),
  'recovery-unproven': row(
    'warning',
    'The recovery flow lets in anyone who knows a username: no stage proves who they are.',
    'Bind an email stage after the identification stage.',
  ),
  'email-no-server': row(
    'warning',
    'A flow’s email stage has no mail server.',
    'Set `use_global_settings: true`, or a `host` on the stage.',
  ),
  'external-nowhere': row(
    'warning',
    'External users have no application list, and no brand has a default application for them.',
    'Set `default_application` on the brand.',
  ),
  'application-open': row(
    'warning',
    'The application has no effective binding, so everyone may use it.',
    'Bind a group, a user or a policy, or label the entry `asbuilt.io/access: everyone`.',
  ),
  'application-closed': row(
    'warning',
    'The bindings of the application let nobody in.',
    'Bind a group, user or policy that can pass, or change `policy_engine_mode`.',
  ),
  'user-no-email': row(
    'warning',
    'The user has no email, so recovery and confirmation mails cannot be sent.',
    'Set `email`.',
  ),
  'user-same-email': row(
    'warning',
    'Several users have the same email (ignoring case), so recovery and sign-in by mail may pick the wrong one.',
    'Give each user an address of their own.',
  ),
  'deceptive-name': row(
    'warning',
    'The name of a user or group holds characters that nobody sees, or differs from another only in its Unicode form or case.',
    'Give it a name that people can tell apart from others.',
  ),
  'path-empty-segment': row(
    'warning',
    'A user path begins or ends with a slash, or has two in a row.',
    'Write it as `staff/engineering`.',
  ),
  'flow-rebound': row(
    'warning',
    'Stages of a flow owned by this project were bound or unbound by hand.',
    'Add the change to the blueprint, or undo it.',
  ),
  'brand-no-recovery': row('warning', 'The brand has no recovery flow.', 'Set `flow_recovery` on it.'),
  'nobody-recovers': row(
    'warning',
    'There is no way to a recovery flow, so a lost password cannot be reset.',
    'Set `flow_recovery` on the brand.',
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
