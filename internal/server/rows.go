package server

import "strconv"

// rows says which part of a list stands on a page.
type rows struct {
	From, To, All int // To is behind the last
	// Before and Next are the numbers of the pages beside it; "" where there is none.
	Before, Next string
}

// rowsOf gives the part of a list of some length that the page with a number shows, from 1; what is no
// number is the first page.
func rowsOf(page string, all, each int) rows {
	at, err := strconv.Atoi(page)
	if last := max(1, (all+each-1)/each); err != nil || at < 1 {
		at = 1
	} else {
		at = min(at, last)
	}
	r := rows{From: (at - 1) * each, To: min(at*each, all), All: all}
	if at > 1 {
		r.Before = strconv.Itoa(at - 1)
	}
	if r.To < all {
		r.Next = strconv.Itoa(at + 1)
	}
	return r
}

// First is the number of the first row for people, from 1; 0 if there is none.
func (r rows) First() int {
	if r.All == 0 {
		return 0
	}
	return r.From + 1
}
