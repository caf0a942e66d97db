# Reference values for tests/test_raters.py: run `Rscript raters.R` in this folder (r-cran-psych, r-cran-vcd).
# Writes made-up ratings (raters_data.csv) and what R makes of them (raters.csv).
suppressPackageStartupMessages({library(psych); library(vcd)})
options(digits = 17)
set.seed(20261127)

make <- function(set, n, bias, noise) {
  truth <- rnorm(n, 3.4, 0.8)
  d <- data.frame(set)[rep(1, n), , drop = FALSE]
  for (j in seq_along(bias)) d[[paste0("r", j)]] <- pmin(5, pmax(1, round(truth + bias[j] + rnorm(n, 0, noise))))
  d
}
sets <- list(close = make("close", 186, c(0.2, 0, 0), 0.4), milder = make("milder", 40, c(1.0, 0, 0), 0.5),
             few = make("few", 6, c(0, 0, 0), 0.6), apart = make("apart", 60, c(0, 0, 0), 2.5))
# Shrout and Fleiss (1979), table 2: four judges of six people; printed ICC(2,1) = .29, ICC(3,1) = .71.
judges <- data.frame(set = "judges", r1 = c(9, 6, 8, 7, 10, 6), r2 = c(2, 1, 4, 1, 5, 2), r3 = c(5, 3, 6, 2, 6, 4), r4 = c(8, 2, 8, 6, 9, 7))
data <- do.call(rbind, lapply(sets, function(d) cbind(d, r4 = NA)))
write.csv(rbind(data, judges), "raters_data.csv", row.names = FALSE, quote = FALSE)

out <- list()
keep <- function(set, raters, what, values) out[[length(out) + 1]] <<- data.frame(set, raters, what, value = values[1], low = values[2], high = values[3])
for (level in c(0.95, 0.9)) for (set in c(names(sets), "judges")) {
  d <- if (set == "judges") judges[-1] else sets[[set]][paste0("r", 1:3)]
  for (k in 2:ncol(d)) {
    icc <- ICC(as.matrix(d[1:k]), lmer = FALSE, alpha = 1 - level)$results
    keep(set, k, paste0("agreement_", level), as.numeric(icc[2, c("ICC", "lower bound", "upper bound")]))
    keep(set, k, paste0("consistency_", level), as.numeric(icc[3, c("ICC", "lower bound", "upper bound")]))
  }
  if (set != "judges") {
    # psych's own variance of the weighted kappa comes out as 0 for the first set; vcd's is Fleiss, Cohen and Everitt's.
    kappa <- Kappa(table(factor(d$r1, 1:5), factor(d$r2, 1:5)), weights = "Fleiss-Cohen")$Weighted
    half <- qnorm(0.5 + level / 2) * kappa[["ASE"]]
    keep(set, 2, paste0("kappa_", level), kappa[["value"]] + c(0, -half, half))
  }
}
write.csv(do.call(rbind, out), "raters.csv", row.names = FALSE, quote = FALSE)
