# Reference values for tests/test_power.py: run `Rscript power.R` in this folder; writes power.csv.
options(digits = 17)
out <- list()
keep <- function(design, n, effect, sd, level, power, what, value) out[[length(out) + 1]] <<- data.frame(design, n, effect, sd, level, power, what, value = unname(as.numeric(value)))
tight <- 1e-12
for (type in c("paired", "two.sample")) for (level in c(0.9, 0.95, 0.99)) {
  design <- if (type == "paired") "paired" else "two_arms"
  for (n in c(6, 20, 87, 400)) {
    for (effect in c(2, 5)) {
      r <- power.t.test(n = n, delta = effect, sd = 9, sig.level = 1 - level, type = type, strict = TRUE)
      keep(design, n, effect, 9, level, NA, "power", r$power)
    }
    r <- power.t.test(n = n, power = 0.8, sd = 9, sig.level = 1 - level, type = type, strict = TRUE, tol = tight)
    keep(design, n, NA, 9, level, 0.8, "effect", r$delta)
  }
  for (effect in c(2, 5, 9)) for (power in c(0.8, 0.9)) {
    r <- power.t.test(delta = effect, power = power, sd = 9, sig.level = 1 - level, type = type, strict = TRUE, tol = tight)
    keep(design, NA, effect, 9, level, power, "n", r$n)
  }
}
# shares: `effect` is the second share less the first, 0.4
for (level in c(0.95, 0.99)) for (n in c(30, 120, 500)) {
  for (effect in c(0.1, 0.25)) keep("shares", n, effect, NA, level, NA, "power", power.prop.test(n = n, p1 = 0.4, p2 = 0.4 + effect, sig.level = 1 - level, strict = TRUE)$power)
  keep("shares", n, NA, NA, level, 0.8, "effect", power.prop.test(n = n, p1 = 0.4, power = 0.8, sig.level = 1 - level, strict = TRUE, tol = tight)$p2 - 0.4)
}
for (level in c(0.95, 0.99)) for (effect in c(0.05, 0.1, 0.3)) for (power in c(0.8, 0.9))
  keep("shares", NA, effect, NA, level, power, "n", power.prop.test(p1 = 0.4, p2 = 0.4 + effect, power = power, sig.level = 1 - level, strict = TRUE, tol = tight)$n)
write.csv(do.call(rbind, out), "power.csv", row.names = FALSE, quote = FALSE, na = "")
