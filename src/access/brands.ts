/** Which flow a visitor is led to: the brand that answers for a host, and its flow or the fallback (authentik, brands/utils.py). */
import type { Ref } from '../model/model.js';
import type { Access } from './access.js';
import { decide } from './guards.js';
import { brandKind, flowKind } from './kinds.js';
import { visitor } from './policies.js';
import { flag, refOf, text } from './world.js';

/** A host that no brand's domain matches: those of the default brand, or of none. */
export const anyOtherHost = '';

/** Where a host leads to. */
export interface Lead {
  readonly host: string;
  /** The brand that answers; undefined when none does and there is no default one. */
  readonly brand?: Ref;
  /** The flows that it may lead to, the likeliest first: several only while `doubts` says why; none is a page not found. */
  readonly flows: readonly Ref[];
  readonly doubts: readonly string[];
  /** Was the flow not named by the brand, but the first of its designation? */
  readonly fallback: boolean;
}

/**
 * The brand for a host: the longest domain that the host ends in, as text and without regard to case; then the
 * default brand. A port counts as part of the host.
 */
export function brandOf({ world }: Access, host: string): Ref | undefined {
  const lower = host.toLowerCase();
  let found: Ref | undefined;
  let best = -1;
  for (const brand of world.all(brandKind)) {
    const attributes = world.attributes(brand) ?? {};
    const domain = text(attributes.domain).toLowerCase();
    const isDefault = flag(attributes.default, false);
    const matches = domain !== '' && host !== anyOtherHost && lower.endsWith(domain);
    // Of domains that differ only in case the default brand's wins.
    const rank = matches ? domain.length + (isDefault ? 0.5 : 0) : isDefault ? 0 : -1;
    if (rank > best) {
      best = rank;
      found = brand;
    }
  }
  return found;
}

/** Where a host leads a visitor. */
export function leadOf(access: Access, host: string): Lead {
  const brand = brandOf(access, host);
  const own = brand && refOf(access.world.attributes(brand)?.flow_authentication);
  if (own) return { host, brand, flows: [own], doubts: [], fallback: false };
  const { flows, doubts } = fallbackFlows(access);
  return { host, brand, flows, doubts, fallback: true };
}

/** The hosts that brands name, and any other one. */
export function hostsOf({ world }: Access): Set<string> {
  const domains = world.all(brandKind).map((brand) => text(world.attributes(brand)?.domain).toLowerCase());
  return new Set([...domains.filter((one) => one !== ''), anyOtherHost]);
}

/**
 * The first flow by slug with the designation `authentication` whose bindings let a visitor pass. What it asks of
 * visitors, and whether it has stages, is not looked at. The order is the database's, so two are tried.
 */
function fallbackFlows(access: Access): Pick<Lead, 'flows' | 'doubts'> {
  const { world } = access;
  const candidates = world
    .all(flowKind)
    .filter((flow) => text(world.attributes(flow)?.designation) === 'authentication')
    .map((flow) => ({ flow, slug: text(world.attributes(flow)?.slug) }));
  const flows: Ref[] = [];
  const doubts: string[] = [];
  for (const order of [byBytes, byLanguage]) {
    for (const { flow } of candidates.sort((a, b) => order(a.slug, b.slug))) {
      const { answer, because } = decide(world, access.guard(flow), visitor);
      if (answer === 'no') continue;
      if (!flows.includes(flow)) flows.push(flow);
      if (answer === 'yes') break;
      if (!doubts.includes(because)) doubts.push(because);
    }
  }
  if (flows.length > 1 && doubts.length === 0) {
    const names = flows.map((one) => one.address).join(' and ');
    doubts.push(`how the database sorts decides which of ${names} comes first`);
  }
  return { flows, doubts };
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** As PostgreSQL sorts with en_US.utf8: letters first, case and punctuation only between equals. */
const language = new Intl.Collator('en-US', { ignorePunctuation: true });

function byLanguage(a: string, b: string): number {
  return language.compare(a, b) || byBytes(a, b);
}
