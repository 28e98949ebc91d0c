/** Labels on an entry that change what is done with its object. */

/** The label that says the same of an entry. */
export const accessLabel = 'asbuilt.io/access';
