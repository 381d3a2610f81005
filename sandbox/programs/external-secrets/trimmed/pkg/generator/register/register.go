// Package register registers no generators, because the sandbox uses none.
package register
