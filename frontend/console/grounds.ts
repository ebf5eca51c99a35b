// On what ground an identity may be asked for. A word of the list goes into the request; people see
// the text "ground.WORD" of the catalogue. The words may grow: the protocol takes any (§4.5).
export const grounds = [
  "consent", // the reporter agreed
  "legal_duty", // a law obliges, for an authority's investigation
  "court", // judicial proceedings
  "defence", // the rights of defence of a person concerned
  "danger", // life or health of somebody
  "follow_up", // the report cannot be followed up otherwise
] as const;
