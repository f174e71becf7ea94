package azure

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/renameio/v2"
)

// A VMSize is a machine type that Batch has in a region.
type VMSize struct {
	Name, Family string
	CPUs         int
	MemoryGB     float64
	DiskGB       float64  // of the temporary disk; 0 for none
	Generations  []string // V1, V2
	Spot         bool     // can be had as spot node
	GPUs         int
	EndOfLife    time.Time
}

type batchSKU struct {
	Name         string `json:"name"`
	Family       string `json:"familyName"`
	EndOfLife    string `json:"batchSupportEndOfLife"`
	Capabilities []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"capabilities"`
}

// VMSizes are the machine types that Batch has in the region of the account,
// by name; asked once.
func (c *Clients) VMSizes(ctx context.Context) ([]VMSize, error) {
	account, err := c.Account(ctx)
	if err != nil {
		return nil, err
	}
	c.found.mu.Lock()
	known := c.found.sizes[account.Location]
	c.found.mu.Unlock()
	if known != nil {
		return known, nil
	}
	list, err := ARMList[batchSKU](ctx, c, "/subscriptions/"+account.SubscriptionID+"/providers/Microsoft.Batch/locations/"+account.Location+"/virtualMachineSkus?api-version="+versionBatch)
	if err != nil {
		return nil, fmt.Errorf("list machine types of %s: %w", account.Location, err)
	}
	var all []VMSize
	for _, s := range list {
		all = append(all, s.size())
	}
	slices.SortFunc(all, func(a, b VMSize) int { return strings.Compare(a.Name, b.Name) })
	c.found.mu.Lock()
	defer c.found.mu.Unlock()
	c.found.sizes[account.Location] = all
	return all, nil
}

func (s batchSKU) size() VMSize {
	v := VMSize{Name: s.Name, Family: s.Family}
	if t, err := time.Parse(time.RFC3339, s.EndOfLife); err == nil {
		v.EndOfLife = t
	}
	for _, c := range s.Capabilities {
		f, err := strconv.ParseFloat(c.Value, 64)
		number := err == nil
		switch {
		case c.Name == "vCPUs" && number:
			v.CPUs = int(f)
		case c.Name == "MemoryGB" && number:
			v.MemoryGB = f
		case c.Name == "MaxResourceVolumeMB" && number:
			v.DiskGB = f / 1024
		case c.Name == "GPUs" && number:
			v.GPUs = int(f)
		case c.Name == "HyperVGenerations":
			v.Generations = strings.Split(c.Value, ",")
		case c.Name == "LowPriorityCapable":
			v.Spot = strings.EqualFold(c.Value, "true")
		}
	}
	return v
}

// An Image is one that nodes can have.
type Image struct {
	Publisher, Offer, SKU, Agent string
	Docker, Verified             bool
	Generation2                  bool
	EndOfLife                    time.Time
	Capabilities                 []string
}

// Images are the images for linux that Batch supports; asked once.
func (c *Clients) Images(ctx context.Context) ([]Image, error) {
	c.found.mu.Lock()
	known := c.found.images
	c.found.mu.Unlock()
	if known != nil {
		return known, nil
	}
	b, err := c.Batch(ctx)
	if err != nil {
		return nil, err
	}
	all := []Image{}
	for pager := b.NewListSupportedImagesPager(nil); pager.More(); {
		page, err := pager.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list images: %w", err)
		}
		for _, i := range page.Value {
			if i.ImageReference == nil || i.OSType != nil && string(*i.OSType) != "linux" {
				continue
			}
			image := Image{
				Publisher: text(i.ImageReference.Publisher), Offer: text(i.ImageReference.Offer), SKU: text(i.ImageReference.SKU), Agent: text(i.NodeAgentSKUID),
				Capabilities: i.Capabilities, Docker: slices.Contains(i.Capabilities, "DockerCompatible"),
				Generation2: strings.Contains(text(i.ImageReference.SKU), "gen2") || slices.Contains(i.Capabilities, "SupportsGen2"),
				Verified:    i.VerificationType != nil && string(*i.VerificationType) == "verified",
			}
			if i.BatchSupportEndOfLife != nil {
				image.EndOfLife = *i.BatchSupportEndOfLife
			}
			all = append(all, image)
		}
	}
	c.found.mu.Lock()
	defer c.found.mu.Unlock()
	c.found.images = all
	return all, nil
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// A Price is what an hour of a machine costs.
type Price struct {
	Hour, Spot float64 // 0: not known
	Currency   string
	At         time.Time
}

// pricesLast is how long prices are kept.
const pricesLast = 24 * time.Hour

// Price asks the public list of prices for a machine type in the region of
// the account. Without an answer it fails, or gives what was known before.
func (c *Clients) Price(ctx context.Context, vmSize string) (Price, error) {
	if c.Cloud.Prices == "" {
		return Price{}, fmt.Errorf("price of %s: the cloud %s has no list of prices", vmSize, c.Cloud.Name)
	}
	account, err := c.Account(ctx)
	if err != nil {
		return Price{}, err
	}
	file := c.cacheFile("price-" + account.Location + "-" + vmSize + ".json")
	old, have := readPrice(file)
	if have && time.Since(old.At) < pricesLast {
		return old, nil
	}
	p, err := c.askPrice(ctx, account.Location, vmSize)
	if err != nil {
		if have {
			return old, nil
		}
		return Price{}, err
	}
	if file != "" {
		if data, err := json.Marshal(p); err == nil && os.MkdirAll(filepath.Dir(file), 0o755) == nil {
			// A cache that cannot be written costs a call next time, no more.
			renameio.WriteFile(file, data, 0o644)
		}
	}
	return p, nil
}

func (c *Clients) cacheFile(name string) string {
	if c.o.CacheDir == "" {
		return ""
	}
	return filepath.Join(c.o.CacheDir, name)
}

func readPrice(file string) (p Price, ok bool) {
	data, err := os.ReadFile(file)
	return p, file != "" && err == nil && json.Unmarshal(data, &p) == nil
}

func (c *Clients) askPrice(ctx context.Context, location, vmSize string) (Price, error) {
	filter := "serviceName eq 'Virtual Machines' and priceType eq 'Consumption' and armRegionName eq '" + location + "' and armSkuName eq '" + vmSize + "'"
	address := c.Cloud.Prices + "/api/retail/prices?$filter=" + url.QueryEscape(filter)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return Price{}, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return Price{}, fmt.Errorf("price of %s: %w", vmSize, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 16<<20))
	if err != nil {
		return Price{}, fmt.Errorf("price of %s: %w", vmSize, err)
	}
	if resp.StatusCode != http.StatusOK {
		return Price{}, fmt.Errorf("price of %s: %s answers %d", vmSize, req.URL.Host, resp.StatusCode)
	}
	var answer struct {
		Currency string `json:"BillingCurrency"`
		Items    []struct {
			Price   float64 `json:"retailPrice"`
			Product string  `json:"productName"`
			SKU     string  `json:"skuName"`
		}
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return Price{}, fmt.Errorf("price of %s: %w", vmSize, err)
	}
	p := Price{Currency: answer.Currency, At: time.Now()}
	for _, i := range answer.Items {
		switch {
		case strings.Contains(i.Product, "Windows"), strings.Contains(i.SKU, "Low Priority"):
		case strings.Contains(i.SKU, "Spot"):
			p.Spot = i.Price
		default:
			p.Hour = i.Price
		}
	}
	if p.Hour == 0 && p.Spot == 0 {
		return Price{}, fmt.Errorf("price of %s: the list of prices has none in %s", vmSize, location)
	}
	return p, nil
}
