package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/review"
)

// interview asks questions and reads answers, line by line, until the context ends.
type interview struct {
	ctx context.Context
	in  *bufio.Reader
	out io.Writer
}

func newInterview(ctx context.Context, streams *Streams) *interview {
	return &interview{ctx, bufio.NewReader(streams.In), streams.Err}
}

// await waits for what a read gives or for the context's end: nothing else ends the read of a terminal.
func await[T any](ctx context.Context, read func() (T, error)) (result T, err error) {
	done := make(chan struct{})
	var got T
	var failed error
	go func() {
		got, failed = read()
		close(done)
	}()
	select {
	case <-done:
		return got, failed
	case <-ctx.Done():
		return result, &codeError{code: exitPartial, text: "interrupted", cause: ctx.Err()}
	}
}

func (i *interview) print(format string, args ...any) {
	fmt.Fprintln(i.out, harmless(fmt.Sprintf(format, args...)))
}

// errNoAnswer is the end of the input before an answer.
var errNoAnswer = usageError("the input ended before the answer: answer at a terminal, or give --value, --text or --not-applicable")

// line reads a line; blank is the default. After the input's end there is no answer.
func (i *interview) line(prompt, otherwise string) (string, error) {
	if otherwise != "" {
		prompt += " [" + otherwise + "]"
	}
	fmt.Fprint(i.out, harmless(prompt)+": ")
	text, err := await(i.ctx, func() (string, error) { return i.in.ReadString('\n') })
	text = strings.TrimSpace(text)
	if err != nil && text == "" {
		fmt.Fprintln(i.out)
		if errors.Is(err, io.EOF) {
			return "", errNoAnswer
		}
		return "", err
	}
	if text == "" {
		return otherwise, nil
	}
	return text, nil
}

// ask asks one question until the answer fits; nil if the person passes.
func (i *interview) ask(plan string, asked *review.Asked) (*review.SetAnswer, error) {
	question := asked.Question
	i.print("")
	i.print("%s", question.Text)
	i.print("  %s", question.Guidance)
	i.print("  Evidence: %s", question.Evidence)
	i.print("  Answer with %s", formOf(question))
	otherwise := ""
	if seen := asked.Suggestion; seen != nil {
		i.print("  A scan shows: %s (%s)", strings.ReplaceAll(string(seen.Result), "-", " "), seen.Text)
		otherwise = strings.Join(seen.Values, ",")
	}
	if asked.Answer != nil && asked.Answer.Reply != nil {
		i.print("  Answered on %s: %s", asked.Answer.Reply.At.Format(review.Day), stands(asked))
		otherwise = "" // Enter leaves what somebody answered
	}
	action := &review.SetAnswer{Plan: plan, Key: question.ID, Catalogue: question.Digest()}
	for {
		text, err := i.line("answer (pass: leave it, n/a: does not apply)", otherwise)
		if err != nil || text == "pass" || text == "" {
			return nil, err
		}
		if text == "n/a" {
			action.NotApplicable = true
			break
		}
		err = take(action, question, text)
		if err == nil {
			break
		}
		i.print("%v", err)
	}
	return action, i.rest(action, asked)
}

// stands is the answer that is there, in few words.
func stands(asked *review.Asked) string {
	reply := asked.Answer.Reply
	switch {
	case reply.NotApplicable:
		return "does not apply"
	case len(reply.Values) > 0:
		return strings.Join(reply.Values, ", ")
	}
	return strings.ReplaceAll(string(asked.Result), "-", " ")
}

// take puts what was typed into the answer if it fits the question.
func take(action *review.SetAnswer, question *checklist.Question, text string) error {
	values := []string{text}
	if question.Type == checklist.Many {
		values = strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
	}
	if err := question.Check(values); err != nil {
		return err
	}
	if question.Type == checklist.Text || question.Type == checklist.Link {
		action.AnswerText.Text = text
	} else {
		action.Values = values
	}
	return nil
}

// rest asks for the judgement, where the answer does not tell, and for a comment.
func (i *interview) rest(action *review.SetAnswer, asked *review.Asked) error {
	for !action.NotApplicable && asked.Question.NeedsJudgement() && action.Judged == "" {
		otherwise := ""
		if asked.Suggestion != nil {
			otherwise = string(asked.Suggestion.Result)
		}
		text, err := i.line("is that enough? satisfied, partly or not-satisfied", otherwise)
		if err != nil {
			return err
		}
		if slices.Contains(checklist.Results, checklist.Result(text)) {
			action.Judged = checklist.Result(text)
		} else {
			i.print("%q is none of the three", text)
		}
	}
	if action.NotApplicable {
		return i.excuse(action)
	}
	text, err := i.line("comment", "")
	if err != nil && !errors.Is(err, errNoAnswer) {
		return err
	}
	action.Comment = text
	return nil
}

// excuse asks why a question does not apply, until there is a reason.
func (i *interview) excuse(action *review.SetAnswer) (err error) {
	for action.Comment == "" && err == nil {
		action.Comment, err = i.line("why does it not apply", "")
	}
	return err
}
