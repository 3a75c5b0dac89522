/** The first problem that the schema finds, in one line that names the field. */
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** `restart.1.withinMs: Invalid input: expected number`. */
export function firstProblem({ issues }: z.ZodError): string {
  const issue = innermost(issues[0]);
  return `${issue.path.map(String).join('.') || 'the document'}: ${issue.message}`;
}

/** Of several shapes that a value might have, the one is meant with the fewest problems. */
function innermost(issue: Issue): Pick<Issue, 'path' | 'message'> {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return issue;
  const problemsOf = (shape: Issue[]): number => shape.length + shape.filter(isOtherShape).length;
  const meant = issue.errors.toSorted((one, other) => problemsOf(one) - problemsOf(other))[0];
  const { path, message } = innermost(meant[0]);
  return { path: [...issue.path, ...path], message };
}

/** Fields that the shape does not have show that another shape was meant. */
function isOtherShape(issue: Issue): boolean {
  return issue.code === 'unrecognized_keys';
}
