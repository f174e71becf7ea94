package history

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"math/big"
	"regexp"
	"strings"
)

// Words of generated run names: lower-case letters only, a mood and a person.
const (
	moods = "able amber ample awake balmy bold brave breezy bright brisk calm candid careful cheerful " +
		"civil clear clever cosmic crisp curious daring deft distant dreamy dusty eager early earnest easy " +
		"elated elegant fabled fair famous fearless festive fluent fond frosty gallant gentle giddy gifted " +
		"glad golden graceful grand happy hardy hasty hearty honest hopeful humble hungry jolly joyful keen " +
		"kind lively lofty loyal lucid lucky mellow merry mighty modest nimble noble patient peaceful placid " +
		"plucky polite proud quick quiet rapid ready restful rustic serene sharp shy silent sincere sleepy " +
		"smooth snug sober solid sparkling spry steady stoic sturdy subtle sunny swift tame tender thirsty " +
		"tidy tranquil trusty upbeat valiant vivid warm wary wise witty zesty"
	people = "abel agnesi alhazen ampere anning apgar aristotle avicenna avogadro babbage banneker bardeen " +
		"becquerel bell bernoulli blackwell bohr boltzmann boole bose boyle brahe brahmagupta carson cauchy " +
		"cavendish cayley chandrasekhar chatelet church cori coulomb cray curie dalton darwin descartes dijkstra " +
		"dirac doppler edison einstein elion erdos euclid euler faraday fermat fermi feynman fibonacci fleming " +
		"fourier franklin galileo galois gauss germain gibbs godel goodall hamilton hawking heisenberg herschel " +
		"hilbert hipparchus hodgkin hooke hopper hubble huygens hypatia jacobi jemison johnson joliot joule " +
		"kelvin kepler khwarizmi koch kovalevskaya lagrange lamarr laplace lavoisier leakey leavitt leibniz " +
		"linnaeus lister lorenz lovelace lyell mandelbrot maxwell mayer mcclintock meitner mendel mendeleev " +
		"mirzakhani morgan napier newton nightingale nobel noether ohm pascal pasteur pauli pauling perlman " +
		"planck poincare poisson ptolemy pythagoras raman ramanujan ride riemann ritchie rubin rutherford sagan " +
		"sanger shannon snow somerville stokes swartz tesla thompson torvalds turing venter volta wallace " +
		"watson wiles wright wu yalow yonath"
)

// validName is Nextflow's rule for names given with -name; Go has no
// look-ahead, so its `[-_](?=[a-z\d])` is spelled out.
var validName = regexp.MustCompile(`^[a-z](?:[a-z\d]|[-_][a-z\d])*$`)

// CheckName says what is wrong with a name that a user gave.
func CheckName(name string) error {
	if len(name) > 80 || !validName.MatchString(name) {
		return fmt.Errorf("Not a valid run name: `%s` -- It must match the pattern ^[a-z](?:[a-z\\d]|[-_](?=[a-z\\d])){0,79}$", name) //nolint:staticcheck // Nextflow's words
	}
	return nil
}

// CheckUnused says that a run has that name already.
func (f *File) CheckUnused(name string) error {
	all, err := f.All()
	if err != nil {
		return err
	}
	for _, r := range all {
		if r.RunName == name {
			return fmt.Errorf("Run name `%s` has been already used -- Specify a different one", name) //nolint:staticcheck // Nextflow's words
		}
	}
	return nil
}

// NewName is a name that no run of the history has. Where it starts to look
// comes from pick (a random number below n); which name is taken from there
// depends on the history only.
func (f *File) NewName(pick func(n int) int) (string, error) {
	all, err := f.All()
	if err != nil {
		return "", err
	}
	used := make(map[string]bool, len(all))
	for _, r := range all {
		used[r.RunName] = true
	}
	first, second := strings.Fields(moods), strings.Fields(people)
	n := len(first) * len(second)
	// A step that shares no factor with n visits every name once.
	start, step := pick(n), 1
	for step = len(second) + 1; gcd(step, n) != 1; step++ {
	}
	for i := range n {
		k := (start + i*step) % n
		name := first[k/len(second)] + "_" + second[k%len(second)]
		if !used[name] {
			return name, nil
		}
	}
	return "", fmt.Errorf("choose a run name: all %d are used in %s; give one with -name", n, f.Path)
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// Random is a number below n from the system's source of randomness.
func Random(n int) int {
	k, err := rand.Int(rand.Reader, big.NewInt(int64(n)))
	if err != nil { // crypto/rand never fails on systems we run on
		panic("internal error: no randomness: " + err.Error())
	}
	return int(k.Int64())
}

// NewSession is a random UUID, version 4.
func NewSession() string {
	var b [16]byte
	rand.Read(b[:]) // never fails: it ends the program instead
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	s := hex.EncodeToString(b[:])
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

var uuid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// IsSession says whether s has the form of a session id.
func IsSession(s string) bool { return uuid.MatchString(s) }
