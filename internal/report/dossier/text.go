package dossier

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/report/escape"
	"github.com/kubeproof/kubeproof/internal/review"
)

// neutral shows what a reader cannot see or would be misled by. Line ends and tabs stay.
func neutral(text string) string { return escape.Lines(text) }

// neutralised is the document with every text in it made harmless. It shares nothing that is changed
// with the review.
func neutralised(d *Document) *Document {
	clean := cleaned(reflect.ValueOf(d)).Interface().(*Document)
	clean.link()
	return clean
}

func cleaned(from reflect.Value) reflect.Value {
	into := reflect.New(from.Type()).Elem()
	into.Set(from)
	switch from.Kind() {
	case reflect.String:
		into.SetString(neutral(from.String()))
	case reflect.Pointer:
		if !from.IsNil() {
			into.Set(reflect.New(from.Type().Elem()))
			into.Elem().Set(cleaned(from.Elem()))
		}
	case reflect.Slice:
		if !from.IsNil() {
			into.Set(reflect.MakeSlice(from.Type(), from.Len(), from.Len()))
			for i := range from.Len() {
				into.Index(i).Set(cleaned(from.Index(i)))
			}
		}
	case reflect.Struct:
		for i := range from.NumField() {
			if from.Type().Field(i).IsExported() {
				into.Field(i).Set(cleaned(from.Field(i)))
			}
		}
	}
	return into
}

// oneLine joins the lines of a text.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// count writes a number with its noun: "1 item", "1,200 items".
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return number(n) + " " + noun
}

// number writes an integer with its thousands apart: 12,345.
func number(n int) string {
	text := fmt.Sprint(n)
	for at := len(text) - 3; at > 0 && text[at-1] != '-'; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

// dayOf writes the day of a time, minute the time to the minute; "" for none.
func dayOf(t time.Time) string { return when(t, review.Day) }
func minute(t time.Time) string {
	return when(t, "2006-01-02 15:04 UTC")
}

func when(t time.Time, layout string) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(layout)
}
