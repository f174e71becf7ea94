package arm

import (
	"encoding/json"
	"net/http"
	"regexp"
	"sync"
)

var priceFilter = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(armRegionName|armSkuName) eq '([^']*)'`) })

// Prices answers for prices.azure.com; nobody needs a token there.
func (s *Service) Prices() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.URL.Path != "/api/retail/prices" {
			http.NotFound(w, r)
			return
		}
		want := map[string]string{}
		for _, m := range priceFilter().FindAllStringSubmatch(r.URL.Query().Get("$filter"), -1) {
			want[m[1]] = m[2]
		}
		items := []object{}
		for _, v := range s.o.State.VMSizes {
			if name := want["armSkuName"]; name != "" && name != v.Name || want["armRegionName"] != "" && want["armRegionName"] != s.o.State.Location {
				continue
			}
			item := func(sku, product string, price float64) {
				items = append(items, object{
					"currencyCode": "USD", "retailPrice": price, "unitPrice": price, "armRegionName": s.o.State.Location, "armSkuName": v.Name,
					"skuName": sku, "productName": product, "serviceName": "Virtual Machines", "type": "Consumption", "unitOfMeasure": "1 Hour",
				})
			}
			item(v.Name, "Virtual Machines "+v.Family, v.Price)
			item(v.Name, "Virtual Machines "+v.Family+" Windows", 2*v.Price)
			if v.SpotPrice > 0 {
				item(v.Name+" Spot", "Virtual Machines "+v.Family, v.SpotPrice)
			}
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		data, err := json.Marshal(object{"BillingCurrency": "USD", "Items": items, "NextPageLink": nil, "Count": len(items)})
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_, _ = w.Write(data) // a client that has gone needs no answer
	})
}
